"""What people do meanwhile: they change and delete predictions at BetTune, and read the page."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from random import Random

from benchmarks.simulate.fault_kind import LONG, End, FaultKind, Stage, about
from benchmarks.simulate.paces import MINUTE_S
from syncd.model.bettune import Pair

EDITS = 4
READERS = 4
READ_EVERY_S = 120.0
PAGES = ("/", "/api/v1/status", "/metrics", "/readyz", "/healthz", "/none", "/static/none")


def _ours(stage: Stage) -> list[Pair]:
    rows = stage.sandbox.bettune.account.predictions()
    return sorted(pair for pair, row in rows.items() if row.source == "api")


def _edit(stage: Stage, rng: Random, length: float) -> None:
    """Set other Min Odds by hand, a few times."""

    def edit() -> None:
        if ours := _ours(stage):
            pair = rng.choice(ours)
            stage.sandbox.bettune.account.ui_set(pair, Decimal(rng.randint(102, 900)) / 100)
            stage.edited(pair)

    for _ in range(EDITS):
        stage.later(rng.uniform(0, length), edit)


def _delete(stage: Stage, rng: Random, length: float) -> None:
    """Delete predictions by hand, a few times."""

    def delete() -> None:
        if ours := _ours(stage):
            pair = rng.choice(ours)
            stage.sandbox.bettune.account.ui_delete(pair)
            stage.edited(pair)

    for _ in range(EDITS):
        stage.later(rng.uniform(0, length), delete)


def _readers(stage: Stage, rng: Random, _: float) -> End:
    """Read the page, several at once."""

    async def read() -> None:
        while True:
            await stage.read_page(rng.choice(PAGES))
            await asyncio.sleep(rng.uniform(0, READ_EVERY_S))

    tasks = [asyncio.get_running_loop().create_task(read()) for _ in range(READERS)]

    def end() -> None:
        for task in tasks:
            task.cancel()

    return end


def people() -> Iterator[FaultKind]:
    """What people may do."""
    # Of theirs nothing is exposed: what a user has written is no prediction of ours.
    yield FaultKind(name="people.edit", begin=_edit, lengths=LONG, extra=about(MINUTE_S), aftermath=3600)
    yield FaultKind(name="people.delete", begin=_delete, lengths=LONG, extra=about(MINUTE_S), aftermath=3600)
    yield FaultKind(name="page.readers", begin=_readers, lengths=LONG, extra=about(MINUTE_S))
