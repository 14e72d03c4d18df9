"""The file of a SQLite database: who may open it, and whether it is still the one that we opened."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from syncd.store.address import Address
from syncd.store.errors import CannotOpenError, FileLostError

FILE_MODE = 0o600
"""Whoever can open the database, even to read it, can lock it for as long as they like."""

Identity = tuple[int, int]


def create_private(address: Address) -> None:
    """Create the file, empty, for this user alone, if there is none. Raises CannotOpenError."""
    path = _plain_path(address)
    if path is None:
        return
    with suppress(FileExistsError):
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, FILE_MODE))
        except FileExistsError:
            raise
        except OSError as error:
            raise CannotOpenError(f"cannot create the database {path}: {error.strerror}") from error


def identity(address: Address) -> Identity | None:
    """Identify the file at the address now. None if there is none, or the database is not a file."""
    path = _plain_path(address)
    if path is None:
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def require_same(address: Address, opened: Identity | None) -> None:
    """Raise FileLostError unless the file that was opened still lies there.

    SQLite itself would go on without an error, in a file that no path leads to any more.
    """
    if opened is None:
        return
    found = identity(address)
    if found is None:
        raise FileLostError(f"database {address.safe}: its file was deleted while syncd works with it")
    if found != opened:
        raise FileLostError(f"database {address.safe}: its file was replaced while syncd works with it")


def opened_to_others(address: Address) -> Iterator[str]:
    """Yield the files of it that other users of this machine may open, as `path (mode)`."""
    path = _plain_path(address)
    if path is None:
        return
    for each in (path, Path(f"{path}.lock")):
        with suppress(OSError):
            mode = stat.S_IMODE(each.stat().st_mode)
            if mode & 0o066 and _folder_lets_in(each.parent):
                yield f"{each} ({mode:04o})"


def _folder_lets_in(folder: Path) -> bool:
    return bool(stat.S_IMODE(folder.stat().st_mode) & 0o011)


def _plain_path(address: Address) -> Path | None:
    """The path of the file. None for a server, and for a URI, which SQLite reads itself."""
    return None if address.path is None or str(address.path).startswith("file:") else address.path
