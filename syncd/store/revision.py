"""The revision of the tables, found without Alembic: each start checks it, few have to migrate."""

from enum import StrEnum

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from syncd.store.errors import AheadError, BehindError, ForeignError

HEAD_REVISION = "0007"
"""The newest revision in `migrations/`; numbered, to distinguish newer ones from foreign ones."""

_versions = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))


class RevisionState(StrEnum):
    """The revision of the tables compared with this version of syncd."""

    EMPTY = "empty"
    BEHIND = "behind"
    HEAD = "head"
    AHEAD = "ahead"
    FOREIGN = "foreign"


def find_revision(conn: Connection) -> tuple[RevisionState, str | None]:
    """The state, and the revision if there is one."""
    names = set(inspect(conn).get_table_names())
    found = None
    if _versions.name in names:
        found = conn.scalar(select(_versions.c.version_num))
    if found is None:
        return (RevisionState.FOREIGN if names else RevisionState.EMPTY), None
    return _compare(found), found


def _compare(found: str) -> RevisionState:
    if found == HEAD_REVISION:
        return RevisionState.HEAD
    if not (found.isdigit() and len(found) == len(HEAD_REVISION)):
        return RevisionState.FOREIGN
    return RevisionState.AHEAD if found > HEAD_REVISION else RevisionState.BEHIND


def stamp(conn: Connection) -> None:
    """Record HEAD as the revision of tables that were created from `schema` directly."""
    _versions.create(conn, checkfirst=True)
    conn.execute(_versions.insert().values(version_num=HEAD_REVISION))


def require_head(revision: tuple[RevisionState, str | None], safe_url: str) -> None:
    """Raise BehindError, AheadError or ForeignError unless the tables are at HEAD."""
    state, found = revision
    if state in (RevisionState.EMPTY, RevisionState.BEHIND):
        had = f"at revision {found}, behind {HEAD_REVISION}" if found else "empty"
        raise BehindError(f"database {safe_url} is {had}; run: syncd db upgrade")
    require_known(revision, safe_url)


def require_known(revision: tuple[RevisionState, str | None], safe_url: str) -> None:
    """Raise AheadError or ForeignError, for which no upgrade would help."""
    state, found = revision
    if state is RevisionState.AHEAD:
        raise AheadError(
            f"database {safe_url} is at revision {found}, newer than {HEAD_REVISION} which this syncd knows; "
            "install the newer syncd that wrote it, or point [store] url elsewhere"
        )
    if state is RevisionState.FOREIGN:
        raise ForeignError(
            f"database {safe_url} has tables that are not syncd's; point [store] url to a database of its own"
        )
