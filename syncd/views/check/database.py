"""Check the database: that it can be reached, read and written, and has the right revision."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

from syncd.runtime.clock import Clock
from syncd.store import migrate
from syncd.store.address import Address, parse
from syncd.store.database_file import opened_to_others
from syncd.store.engine import Store
from syncd.store.errors import StoreError
from syncd.store.revision import HEAD_REVISION, RevisionState
from syncd.views.check.report import Finding, ok, problem, warning

CREATE = "`syncd run` creates its tables; or run: syncd db upgrade"
UPGRADE = "`syncd run` upgrades it by itself; or run: syncd db upgrade"


async def check_database(url: str, clock: Clock) -> AsyncIterator[Finding]:
    """Check the database at this address: its state, and who else may open its file."""
    try:
        address = parse(url)
        state, revision = await migrate.current_revision(url)
        if state is RevisionState.HEAD:
            await _test_write(url, clock)
    except StoreError as error:
        yield problem("database", str(error), "correct [store] url, or the database that it names")
        return
    yield _state_finding(address, state, revision)
    if loose := ", ".join(opened_to_others(address)):
        yield warning(
            "database file",
            f"other users of this machine can open {loose}, and lock it for as long as they like",
            "stop syncd, then: chmod 600 these files, or chmod 700 their folder",
        )


async def _test_write(url: str, clock: Clock) -> None:
    async with await Store.open(url, clock) as store, store.write(fenced=False):
        pass


def _state_finding(address: Address, state: RevisionState, revision: str | None) -> Finding:
    where = address.safe
    match state:
        case RevisionState.HEAD:
            return ok("database", f"{where}, revision {revision}")
        case RevisionState.EMPTY:
            unwritable = _unwritable_path(address)
            if unwritable:
                return problem(
                    "database", f"{where}: {unwritable} cannot be written", "let syncd's user write there"
                )
            return warning("database", f"{where} is empty", CREATE)
        case RevisionState.BEHIND:
            return problem("database", f"{where} is at revision {revision}, behind {HEAD_REVISION}", UPGRADE)
        case RevisionState.AHEAD:
            return problem(
                "database",
                f"{where} is at revision {revision}, newer than {HEAD_REVISION} which this syncd knows",
                "install the newer syncd that wrote it, or set [store] url to another database",
            )
    return problem(
        "database", f"{where} holds tables that are not syncd's", "set [store] url to a database of its own"
    )


def _unwritable_path(address: Address) -> Path | None:
    """Find the file or folder that must be written and cannot be; None if it can."""
    if address.path is None:
        return None
    path = address.path
    while not path.exists() and path != path.parent:
        path = path.parent
    return None if os.access(path, os.W_OK) else path
