"""Config and secret files: read only if small and plain, written whole; and what others may do with them."""

import os
import stat
import tempfile
from pathlib import Path
from typing import Final

MAX_SECRET_BYTES: Final = 64 * 1024
MAX_CONFIG_BYTES: Final = 1024 * 1024

MOUNTED_SECRETS: Final = Path("/run/secrets")
"""Folders of a container's secrets: readable by all, because nobody else is in the container."""


class NotPlainFileError(OSError):
    """It is no plain file, or too large; `strerror` continues a sentence about it."""

    def __init__(self, reason: str) -> None:
        super().__init__(0, reason)


def read_plain(path: Path, most: int) -> str:
    """Read a text file of at most `most` bytes. Raises `OSError` or `UnicodeDecodeError`.

    A pipe would make the program wait for ever, and a device like /dev/zero never ends. Only what is opened
    is looked at, so that nobody can replace it in between.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError
        # /dev/null is an empty file to many, as where all settings come from the environment.
        if not stat.S_ISREG(found.st_mode) and not os.path.samestat(found, Path(os.devnull).stat()):
            raise NotPlainFileError("it is no plain file")
        content = file.read(most + 1)
    if len(content) > most:
        raise NotPlainFileError(f"it is larger than {most // 1024} KiB")
    return content.decode("utf-8-sig")


def write_private(path: Path, text: str) -> None:
    """Write a file for this user alone, all of it or nothing: a reader never sees half. Raises `OSError`.

    A link stays a link: the file behind it is replaced.
    """
    target = path.resolve()
    make_private_folder(target.parent)
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # with mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def make_private_folder(folder: Path) -> None:
    """Create a folder, and those above it that are missing, for this user alone. Raises `OSError`.

    `Path.mkdir` would give its mode to the last of them only.
    """
    if folder.is_dir():
        return
    make_private_folder(folder.parent)
    folder.mkdir(0o700, exist_ok=True)


def others_may(path: Path, *, read: bool) -> str:
    """Say what others may do with a file that they should not; empty if nothing. Reading counts if `read`."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return ""
    if mode & (stat.S_IWOTH | stat.S_IWGRP):
        return f"other users of this machine may change it ({stat.S_IMODE(mode):04o})"
    if read and mode & stat.S_IROTH and not path.is_relative_to(MOUNTED_SECRETS):
        return f"every user of this machine may read it ({stat.S_IMODE(mode):04o})"
    return ""
