"""Verdicts on finished links as text: the same on the command line and on the page."""

from collections.abc import Mapping

from syncd.matching.results import REASONS, VerdictKind
from syncd.store.verifications import Verification


def results_text(counts: Mapping[VerdictKind, int]) -> str:
    """Return `1,243 of 1,243 finished links agreed`, with what else there is; "" before any game is over."""
    agreed, differ = counts[VerdictKind.AGREED], counts[VerdictKind.DIFFERS]
    waiting, neither = counts[VerdictKind.WAITING], counts[VerdictKind.NOT_COMPARABLE]
    if not any(counts.values()):
        return ""
    parts = [f"{agreed:,} of {agreed + differ:,} finished links agreed"]
    rest = ((waiting, "waiting"), (neither, "not comparable"))
    return ", ".join([*parts, *(f"{number:,} {what}" for number, what in rest if number)])


def verdict_text(found: Verification) -> str:
    """Return both results, and the reason of the verdict."""
    pinnacle = found.pinnacle.text if found.pinnacle else "not settled"
    bettune = found.bettune.text if found.bettune else "not finished"
    return f"{pinnacle} / {bettune}: {REASONS[found.verdict.because]}"
