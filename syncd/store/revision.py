"""Which revision the tables are of, found without Alembic: each start asks, few have to migrate."""

from enum import StrEnum

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from syncd.store.errors import AheadError, BehindError, ForeignError

HEAD = "0003"
"""The newest revision in `migrations/`; numbered, so that newer ones can be told from foreign ones."""

_versions = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))


class State(StrEnum):
    """How the tables of a database stand to this version of syncd."""

    EMPTY = "empty"
    BEHIND = "behind"
    HEAD = "head"
    AHEAD = "ahead"
    FOREIGN = "foreign"


def look(conn: Connection) -> tuple[State, str | None]:
    """The state, and the revision where there is one."""
    names = set(inspect(conn).get_table_names())
    found = None
    if _versions.name in names:
        found = conn.scalar(select(_versions.c.version_num))
    if found is None:
        return (State.FOREIGN if names else State.EMPTY), None
    return _compare(found), found


def _compare(found: str) -> State:
    if found == HEAD:
        return State.HEAD
    if not (found.isdigit() and len(found) == len(HEAD)):
        return State.FOREIGN
    return State.AHEAD if found > HEAD else State.BEHIND


def stamp(conn: Connection) -> None:
    """Say that the tables are at HEAD, where they were created from `schema` directly."""
    _versions.create(conn, checkfirst=True)
    conn.execute(_versions.insert().values(version_num=HEAD))


def require_head(seen: tuple[State, str | None], safe_url: str) -> None:
    """Raise BehindError, AheadError or ForeignError unless the tables are at HEAD."""
    state, found = seen
    if state in (State.EMPTY, State.BEHIND):
        had = f"at revision {found}, behind {HEAD}" if found else "empty"
        raise BehindError(f"database {safe_url} is {had}; run: syncd db upgrade")
    refuse_strange(seen, safe_url)


def refuse_strange(seen: tuple[State, str | None], safe_url: str) -> None:
    """Raise AheadError or ForeignError where no upgrade could help."""
    state, found = seen
    if state is State.AHEAD:
        raise AheadError(
            f"database {safe_url} is at revision {found}, newer than {HEAD} which this syncd knows; "
            "install the newer syncd that wrote it, or point [store] url elsewhere"
        )
    if state is State.FOREIGN:
        raise ForeignError(
            f"database {safe_url} holds tables that are not syncd's; "
            "point [store] url to a database of its own"
        )
