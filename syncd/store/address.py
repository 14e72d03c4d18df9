"""The address of the database: one URL, parsed once, and never shown with its password."""

import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from syncd.config.database_url import SHOWN_OPTIONS, normalise
from syncd.config.plain_file import make_private_folder
from syncd.store.errors import BadAddressError, CannotOpenError

DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


@dataclass(frozen=True, kw_only=True, repr=False)
class Address:
    """The address of a database. `path` is the file of a SQLite database, None for a server."""

    url: URL
    path: Path | None = None
    private: bool = False
    """A database of this process alone, deleted when it is closed."""

    @property
    def on_sqlite(self) -> bool:
        """True if it is a SQLite file rather than a server."""
        return self.path is not None

    @property
    def is_missing(self) -> bool:
        """True if it is a file that does not exist: what only looks must not create it."""
        return self.path is not None and not self.path.exists()

    @property
    def safe(self) -> str:
        """The URL to show: without password and driver, and without options that may be secret."""
        options = {name: value for name, value in self.url.query.items() if name in SHOWN_OPTIONS}
        shown = self.url.set(drivername=self.url.get_backend_name(), query=options)
        return shown.render_as_string(hide_password=True)

    def __repr__(self) -> str:
        return f"Address({self.safe!r})"


def parse(url: str) -> Address:
    """Parse `sqlite:///file`, `sqlite:///:memory:` or `postgresql://user:pw@host/name`.

    `sqlite:///:memory:` is a file in a temporary folder: a real database in memory belongs to a single
    connection, and tests need readers beside the writer.

    Raises BadAddressError for anything else.
    """
    try:
        parsed = make_url(normalise(url))
    except (ArgumentError, ValueError):
        # The text may contain a password, and a URL that cannot be parsed cannot be masked.
        raise BadAddressError(
            "the database URL is not understood; write sqlite:///data/syncd.db "
            "or postgresql://user:password@host/name (special characters in a password as %XX)"
        ) from None
    driver = DRIVERS.get(parsed.drivername)
    if driver is None:
        raise BadAddressError(
            f"the database URL begins with {parsed.drivername}://; syncd knows sqlite:// and postgresql://"
        )
    if driver == DRIVERS["sqlite"]:
        return _file(parsed.set(drivername=driver))
    return _server(parsed.set(drivername=driver))


def _file(url: URL) -> Address:
    if url.host:
        raise BadAddressError(
            f"sqlite://{url.host}... lacks a slash: sqlite:///relative/path or sqlite:////absolute/path"
        )
    if url.database in (None, "", ":memory:"):
        folder = Path(tempfile.gettempdir(), f"syncd-{uuid.uuid4().hex}")
        return Address(url=url.set(database=str(folder / "syncd.db")), path=folder / "syncd.db", private=True)
    return Address(url=url, path=Path(str(url.database)))


def _server(url: URL) -> Address:
    if not url.database:
        raise BadAddressError("the database URL names no database: postgresql://user:password@host/NAME")
    query = dict(url.query)
    if "sslmode" in query:
        # libpq's name for asyncpg's `ssl`; the URLs of managed PostgreSQL services use it.
        query["ssl"] = query.pop("sslmode")
    return Address(url=url.set(query=query))


def make_folder(address: Address) -> None:
    """Create the folder of a SQLite database. Raises CannotOpenError if that is not possible."""
    if address.path is None or str(address.path).startswith("file:"):  # a URI: SQLite reads it itself
        return
    if address.path.is_dir():
        raise CannotOpenError(f"{address.path} is a folder, not a database file")
    try:
        make_private_folder(address.path.parent)
    except OSError as error:
        raise CannotOpenError(
            f"cannot create the folder {address.path.parent} for the database: {error.strerror}"
        ) from error
