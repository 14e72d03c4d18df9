"""Histories of prices and writes that the tests of the evaluation share."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from syncd.evaluation.active_odds import Effect, Sent
from syncd.evaluation.offers import RuleTerms
from syncd.model.change import Kind
from syncd.model.pinnacle import Period
from syncd.pricing.grammar import parse_selection
from syncd.pricing.min_odds import Terms
from syncd.pricing.reference import BoardHistory, boards_over_time
from tests.pricing.boards import moneyline

NOON = datetime(2026, 3, 7, 12, tzinfo=UTC)
KICKOFF = NOON + timedelta(hours=3)
HOME = parse_selection("moneyline home")


def at(minutes: float) -> datetime:
    """A time so many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def prices(*changes: tuple[float, str | None], turns=(), **fields) -> BoardHistory:
    """1X2 over time: minutes after noon, and the price of home; None: the market is taken down."""
    periods = [
        (at(when), Period(number=0, moneyline=home and moneyline(home, "3.40", "3.90"), **fields))
        for when, home in changes
    ]
    return boards_over_time(periods, turns=[(at(when), is_open) for when, is_open in turns])


def rule(**fields) -> RuleTerms:
    """A rule by the fields of `Terms`, and `min_change`, `close_before`, `open_before`, `reference`."""
    own = {name: fields.pop(name) for name in list(fields) if name in RuleTerms.__struct_fields__}
    return RuleTerms(terms=Terms(**fields), **own)


def sent(*writes: tuple[float, str | None], effect: Effect = Effect.DONE) -> list[Sent]:
    """Writes in order of time: minutes after noon, and the Min Odds; None deletes."""
    found: list[Sent] = []
    before = None
    for when, text in writes:
        after = Decimal(text) if text else None
        kind = Kind.DELETE if after is None else Kind.CREATE if before is None else Kind.RAISE
        found.append(Sent(at(when), kind, before, after, effect))
        before = after
    return found
