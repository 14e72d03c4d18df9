"""Whether the database can be reached, read and written, and is of the right revision."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

from syncd.runtime.clock import Clock
from syncd.store import migrate
from syncd.store.address import Address, parse
from syncd.store.engine import Store
from syncd.store.errors import StoreError
from syncd.store.revision import HEAD, State
from syncd.views.check.report import Finding, ok, problem, warning

UPGRADE = "`syncd run` upgrades it by itself, or run: syncd db upgrade"


async def check_database(url: str, clock: Clock) -> AsyncIterator[Finding]:
    """One finding, or a problem with what to do."""
    try:
        address = parse(url)
        state, revision = await migrate.current(url)
        if state is State.HEAD:
            await _write_something(url, clock)
    except StoreError as error:
        yield problem("database", str(error), "put [store] url right, or what it points to")
        return
    yield _of_state(address, state, revision)


async def _write_something(url: str, clock: Clock) -> None:
    async with await Store.open(url, clock) as store, store.write(fenced=False):
        pass


def _of_state(address: Address, state: State, revision: str | None) -> Finding:
    where = address.safe
    match state:
        case State.HEAD:
            return ok("database", f"{where}, revision {revision}")
        case State.EMPTY:
            blocked = _not_writable(address)
            if blocked:
                return problem(
                    "database", f"{where}: {blocked} cannot be written", "give syncd's user the right to"
                )
            return warning("database", f"{where} is empty", UPGRADE)
        case State.BEHIND:
            return problem("database", f"{where} is at revision {revision}, behind {HEAD}", UPGRADE)
        case State.AHEAD:
            return problem(
                "database",
                f"{where} is at revision {revision}, newer than {HEAD} which this syncd knows",
                "install the newer syncd that wrote it, or point [store] url elsewhere",
            )
    return problem(
        "database", f"{where} holds tables that are not syncd's", "point [store] url to a database of its own"
    )


def _not_writable(address: Address) -> Path | None:
    """The file or folder that would have to be written, and cannot be."""
    if address.path is None:
        return None
    place = address.path
    while not place.exists() and place != place.parent:
        place = place.parent
    return None if os.access(place, os.W_OK) else place
