"""The interpretation of long responses, with turns of the event loop in between."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from syncd.model.bettune import Pair, Prediction
from syncd.model.change import Actual
from syncd.store.rows import in_chunks
from syncd.sync.ownership import ManualDelete, Reading, interpret

PAIRS_PER_SLICE = 100
"""Pairs that are interpreted between two turns of the event loop."""


async def interpret_in_turns(
    pairs: Sequence[Pair],
    rows: Sequence[Prediction],
    known: Mapping[Pair, Actual],
    manual_delete: ManualDelete,
    now: datetime,
) -> list[Reading]:
    """Interpret what `interpret` does, for as many pairs as a search may name."""
    readings: list[Reading] = []
    for count, chunk in enumerate(in_chunks(pairs, PAIRS_PER_SLICE)):
        if count:
            await asyncio.sleep(0)
        readings += interpret(chunk, rows, known, manual_delete, now)
    return readings
