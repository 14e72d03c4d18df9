"""The errors of the database, with messages that say what to do.

No message, and no cause that is shown, contains a password.
"""

from syncd.runtime.before_send import NotSentError


class StoreError(Exception):
    """A database operation failed; the message is written for users."""


class BadAddressError(StoreError):
    """The database URL is not one that syncd understands."""


class CannotOpenError(StoreError):
    """The database file or its folder cannot be opened or created, or the database does not exist."""


class NotWritableError(StoreError):
    """The file, the folder or the account is read-only."""


class DiskFullError(StoreError):
    """No space is left for the database."""


class DamagedError(StoreError):
    """The file is not a SQLite database, or it is damaged."""


class FileLostError(StoreError):
    """The database file was deleted or replaced while we have it open: what we write is lost."""


class UnstorableError(StoreError):
    """The database takes no such value (its range, a NUL, its encoding): the fault of that one row."""


class BusyError(StoreError):
    """Another process held a lock for longer than we wait."""


class UnreachableError(StoreError):
    """The server does not respond, or the connection was lost: worth another try."""


class AccessDeniedError(StoreError):
    """The server does not accept this user and password."""


class LeaseLostError(StoreError, NotSentError):
    """Another daemon has taken over: nothing was written, and this one must stop working."""


class LeaseExpiredError(StoreError, NotSentError):
    """The lease was not renewed in time, so another daemon may have taken over: nothing was sent."""


class LeaseHeldError(StoreError):
    """Another daemon holds the lease."""

    def __init__(self, message: str, *, holder: str) -> None:
        super().__init__(message)
        self.holder = holder


class RevisionError(StoreError):
    """The tables are not at the revision that this version of syncd works with."""


class BehindError(RevisionError):
    """The database is empty or older: `syncd db upgrade` brings it up to date."""


class AheadError(RevisionError):
    """The database was written by a newer syncd, which this one could misread."""


class ForeignError(RevisionError):
    """The database has tables of another program."""


TRANSIENT_ERRORS = (
    CannotOpenError,
    NotWritableError,
    DiskFullError,
    BusyError,
    UnreachableError,
    AccessDeniedError,
    FileLostError,
    DamagedError,
    LeaseExpiredError,
)
"""Failures that may end while the process runs: the server restarts, somebody frees disk space, or puts a
backup in the place of a damaged file and starts syncd again."""
