"""What can go wrong with the database, in words that say what to do.

Nothing here, in a message or a cause that is shown, holds a password.
"""


class StoreError(Exception):
    """The database did not do what was asked; the message is fit for a person."""


class BadAddressError(StoreError):
    """The database URL is not one that syncd understands."""


class CannotOpenError(StoreError):
    """The database file or its folder cannot be opened or created, or the database does not exist."""


class NotWritableError(StoreError):
    """The file, the folder or the account may only be read."""


class DiskFullError(StoreError):
    """No room is left where the database is."""


class DamagedError(StoreError):
    """The file is not a SQLite database, or a broken one."""


class BusyError(StoreError):
    """Another process held what we needed for longer than we wait."""


class UnreachableError(StoreError):
    """The server does not answer, or the connection to it was lost: worth trying again."""


class RefusedError(StoreError):
    """The server does not let this user in."""


class LeaseLostError(StoreError):
    """Another daemon has taken over: nothing was written, and this one must stop working."""


class LeaseHeldError(StoreError):
    """Another daemon holds the lease."""

    def __init__(self, message: str, *, holder: str) -> None:
        super().__init__(message)
        self.holder = holder


class RevisionError(StoreError):
    """The tables are not of the revision that this version of syncd works with."""


class BehindError(RevisionError):
    """The database is empty or older: `syncd db upgrade` brings it up to date."""


class AheadError(RevisionError):
    """The database was written by a newer syncd, which this one could misread."""


class ForeignError(RevisionError):
    """The database holds tables of something else."""


TRANSIENT_ERRORS = (
    CannotOpenError,
    NotWritableError,
    DiskFullError,
    BusyError,
    UnreachableError,
    RefusedError,
)
"""Trouble that may pass while the process lives: a restart of the server, a disk that is cleared."""
