"""A lock that the operating system lets go of when its process dies, however it dies."""

import fcntl
import os
from pathlib import Path
from typing import Self

from syncd.store.errors import NotWritableError


class FileLockedError(Exception):
    """Another process holds the lock; the message is what it wrote about itself."""


class FileLock:
    """A file held with flock(2), which also keeps apart two holders within one process.

    The file stays when the lock is let go: who deleted it could delete one that another has just locked.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, path: Path, about: str) -> Self:
        """Lock the file, creating it, and write about ourselves into it. Does not wait.

        Raises FileLockedError, or NotWritableError where the file cannot be written.
        """
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise NotWritableError(f"cannot write the lock file {path}: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, about.encode(), 0)
        except BlockingIOError:
            said = os.pread(descriptor, 1_000, 0).decode(errors="replace")
            os.close(descriptor)
            raise FileLockedError(said) from None
        except OSError as error:
            os.close(descriptor)
            raise NotWritableError(f"cannot lock the file {path}: {error.strerror}") from error
        return cls(descriptor)

    def release(self) -> None:
        """Let go; a second time changes nothing."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
