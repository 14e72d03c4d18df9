"""A lock that the operating system releases when its process dies, however it dies."""

import fcntl
import os
from pathlib import Path
from typing import Self

from syncd.store.errors import NotWritableError


class FileLockedError(Exception):
    """Another process holds the lock; the message is its description of itself."""


class FileLock:
    """A file locked with flock(2), which also excludes a second holder in the same process.

    The file stays after the release: deleting it could delete one that another process has just locked.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, path: Path, description: str) -> Self:
        """Lock the file, creating it if needed, and write a description of this process into it.

        Does not wait. Raises FileLockedError if it is locked, NotWritableError if it cannot be written.
        """
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise NotWritableError(f"cannot write the lock file {path}: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, description.encode(), 0)
        except BlockingIOError:
            holder = os.pread(descriptor, 1_000, 0).decode(errors="replace")
            os.close(descriptor)
            raise FileLockedError(holder) from None
        except OSError as error:
            os.close(descriptor)
            raise NotWritableError(f"cannot lock the file {path}: {error.strerror}") from error
        return cls(descriptor)

    def release(self) -> None:
        """Release the lock; a second time changes nothing."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
