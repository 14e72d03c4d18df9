"""Translation of the errors of database drivers into our own."""

import sqlite3

from sqlalchemy import exc

from syncd.model.bounds import printable
from syncd.store.address import Address
from syncd.store.errors import (
    AccessDeniedError,
    BusyError,
    CannotOpenError,
    DamagedError,
    DiskFullError,
    NotWritableError,
    StoreError,
    UnreachableError,
    UnstorableError,
)

_SQLITE: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_BUSY: (BusyError, "another process has been writing to it for too long"),
    sqlite3.SQLITE_LOCKED: (BusyError, "another process has been writing to it for too long"),
    sqlite3.SQLITE_READONLY: (NotWritableError, "the file or its folder is read-only"),
    sqlite3.SQLITE_PERM: (NotWritableError, "access was denied"),
    sqlite3.SQLITE_FULL: (DiskFullError, "the disk is full, or a quota or size limit is reached"),
    sqlite3.SQLITE_IOERR: (CannotOpenError, "the disk reports an error, or it is full"),
    sqlite3.SQLITE_CANTOPEN: (CannotOpenError, "it cannot be opened or created there"),
    sqlite3.SQLITE_NOMEM: (BusyError, "this machine is out of memory"),
    sqlite3.SQLITE_PROTOCOL: (BusyError, "another process has kept it locked for too long"),
    sqlite3.SQLITE_INTERRUPT: (BusyError, "a statement was interrupted"),
    sqlite3.SQLITE_NOTADB: (DamagedError, "the file is not a SQLite database"),
    sqlite3.SQLITE_CORRUPT: (
        DamagedError,
        "the file is damaged; restore it from a backup, and start syncd again",
    ),
}
"""By SQLite's primary result codes (sqlite.org/rescode.html)."""

_BAD_VALUE = "it takes no such value (out of range, a NUL, or text that is no text)"

_LOST = (UnreachableError, "the connection to the server was lost")

_READ_ONLY = "25006"

LONGEST_REASON = 200
"""Characters of a server's own words that are shown."""

_POSTGRESQL: tuple[tuple[str, type[StoreError], str], ...] = (
    ("28", AccessDeniedError, "the server does not accept this user and password"),
    ("3D000", CannotOpenError, "there is no database of this name on the server; create it first"),
    ("42P01", CannotOpenError, "its tables are missing, as while a backup is put back"),
    ("3F000", CannotOpenError, "its tables are missing, as while a backup is put back"),
    ("42501", NotWritableError, "the user lacks a privilege that syncd needs"),
    (_READ_ONLY, NotWritableError, "the server takes no writes (a read-only standby?)"),
    ("53100", DiskFullError, "the server's disk is full"),
    ("53", UnreachableError, "the server is out of connections or memory"),
    ("54", UnreachableError, "the server has reached a limit"),
    ("55P03", BusyError, "another transaction has held a lock for too long"),
    ("55", BusyError, "the database is in use by something that excludes us"),
    ("40", BusyError, "another transaction got in the way; try again"),
    ("57014", BusyError, "the server ended a statement that ran for too long"),
    ("25P03", BusyError, "the server ended a transaction that was idle for too long"),
    ("25P04", BusyError, "the server ended a transaction that took too long"),
    ("57P", UnreachableError, "the server is shutting down or starting"),
    ("57", UnreachableError, "an operator has intervened at the server"),
    ("58", UnreachableError, "the server reports an error of its system"),
    ("XX", UnreachableError, "the server reports an error of its own"),
    ("08", *_LOST),
    ("22", UnstorableError, _BAD_VALUE),
)
"""By prefixes of SQLSTATE (PostgreSQL manual, appendix A); the first match counts."""


def translate(error: BaseException, address: Address, *, lost: bool = False) -> StoreError | None:
    """Our error for an error of a driver or the network. None if it is a mistake in the program.

    A violated constraint or a statement that does not parse stays what it is. `lost` says that the
    connection can no longer be used, whatever the error is called.
    """
    kind, reason = _meaning(_original(error)) or (_LOST if lost else (None, ""))
    return kind(f"database {address.safe}: {reason}") if kind else None


def not_connected(error: BaseException, address: Address) -> StoreError:
    """Our error for a connection that cannot be made: whatever the reason, it may be made later."""
    translated = error if isinstance(error, StoreError) else translate(error, address)
    if translated is not None and not isinstance(translated, UnstorableError):
        return translated
    original = _original(error.__cause__ or error)
    state = getattr(original, "sqlstate", None)
    said = printable(str(original), LONGEST_REASON) or type(original).__name__
    kind, who = (CannotOpenError, "it") if address.on_sqlite else (UnreachableError, "the server")
    return kind(f"database {address.safe}: {who} takes no connection: {said}{f' ({state})' if state else ''}")


def breaks_connection(error: BaseException) -> bool:
    """Return whether the connection can no longer be used, beyond what SQLAlchemy knows of its drivers.

    asyncpg raises InternalClientError if its protocol is in a wrong state, as when the server has closed
    the connection between two statements. A connection made while the server, or the database, is read-only
    keeps that default: the next one has the new default, or leads to the new primary after a failover.
    """
    return (
        isinstance(error, OSError | TimeoutError)
        or type(error).__name__ == "InternalClientError"
        or getattr(error, "sqlstate", None) == _READ_ONLY
    )


def _original(error: BaseException) -> BaseException:
    if isinstance(error, exc.DBAPIError) and error.orig is not None:
        return error.orig
    return error


def _meaning(error: BaseException) -> tuple[type[StoreError], str] | None:
    if isinstance(error, exc.TimeoutError):
        return BusyError, "all its connections are in use"
    if isinstance(error, TimeoutError):
        return UnreachableError, "the server does not respond in time"
    if isinstance(error, OverflowError | UnicodeEncodeError):  # SQLite's driver
        return UnstorableError, _BAD_VALUE
    if isinstance(error, OSError):
        return UnreachableError, f"the server cannot be reached ({error.strerror or error})"
    if isinstance(error, sqlite3.Error):
        return _SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    return _from_server(error)


def _from_server(error: BaseException) -> tuple[type[StoreError], str] | None:
    state = getattr(error, "sqlstate", None)
    for prefix, kind, reason in _POSTGRESQL:
        if state and str(state).startswith(prefix):
            return kind, reason
    return None
