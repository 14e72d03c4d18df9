"""What can go wrong with the database, with messages that say what to do.

No message, and no cause that is shown, contains a password.
"""


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


class BusyError(StoreError):
    """Another process held a lock for longer than we wait."""


class UnreachableError(StoreError):
    """The server does not respond, or the connection was lost: worth another try."""


class AccessDeniedError(StoreError):
    """The server does not accept this user and password."""


class LeaseLostError(StoreError):
    """Another daemon has taken over: nothing was written, and this one must stop working."""


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
)
"""Failures that may end while the process runs: the server restarts, somebody frees disk space."""
