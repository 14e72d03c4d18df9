"""The plan: the difference between what BetTune ought to hold and what it holds.

Values in, values out. The same plan is what `syncd plan` prints, what the queue is fed with
and what the tests hold against the rules of the domain.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum

import msgspec

from syncd.model.bettune import Pair
from syncd.model.change import Actual, Cause, Change, Kind, Owner, Wanted
from syncd.sync.guard import Guard, SuspiciousMass, Withheld


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What the owner of the money allows beyond the rules of single filters."""

    max_jump: Decimal = Decimal("0.35")
    """A lower price that moves further than this, relatively, waits for a second answer."""
    population: int = 0
    """How many predictions of ours stand altogether: the measure of a mass."""
    read_since: datetime | None = None
    """What was read before is read again before the first write: while no syncd ran, a person may have
    made a prediction of ours their own."""
    trust_mass: bool = False
    """A whole snapshot taken since the mass appeared says the same: let the moves pass."""


FRESH_ENOUGH = timedelta(minutes=5)
"""Where nothing stood so long ago, a person may have set something since: read again, then create."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to write, what to read first, what is held back, and when to look again."""

    changes: tuple[Change, ...] = ()
    reads: tuple[Pair, ...] = ()
    """Pairs to be read before they may be written."""
    urgent_reads: tuple[Pair, ...] = ()
    """Pairs whose last answer was lost: what stands there may be wrong now."""
    held: tuple[Withheld, ...] = ()
    mass: SuspiciousMass | None = None
    """Set when a mass of moves looks wrong as a whole."""

    @property
    def requests(self) -> int:
        """What the writes alone cost; the reads are shared by many pairs of one filter."""
        return len(self.changes)


def plan(wanted: Iterable[Wanted], actual: Mapping[Pair, Actual], policy: Policy, now: datetime) -> Plan:
    """Compare each wanted value with what is held for its pair.

    The result does not depend on the order of `wanted`. A pair without a holding was never
    read. Applying the plan and planning again gives an empty one.
    """
    changes: list[Change] = []
    reads: list[Pair] = []
    urgent: list[Pair] = []
    unconfirmed: set[Pair] = set()
    booksums: dict[Pair, Decimal | None] = {}
    for want in sorted(wanted, key=lambda each: each.pair):
        holding = actual.get(want.pair) or Actual(pair=want.pair, owner=Owner.UNKNOWN)
        match _step(want, holding, policy, now):
            case Change() as change:
                changes.append(change)
                booksums[want.pair] = want.booksum
                if not want.confirmed:
                    unconfirmed.add(want.pair)
            case _Look.READ:
                reads.append(want.pair)
            case _Look.READ_NOW:
                urgent.append(want.pair)
    passed, held, mass = Guard(policy.max_jump, policy.population, policy.trust_mass).sift(
        changes, unconfirmed, booksums
    )
    return Plan(
        changes=tuple(sorted(passed, key=order)),
        reads=tuple(reads),
        urgent_reads=tuple(urgent),
        held=held,
        mass=mass,
    )


RANK = {Kind.DELETE: 0, Kind.RAISE: 0, Kind.LOWER: 1, Kind.CREATE: 2}
"""Deletes and raises reduce what may be lost, so they go before lowers, and those before creates."""

_NO_KICKOFF = datetime.max.replace(tzinfo=UTC)


def order(change: Change) -> tuple[int, datetime, Pair]:
    """The place of a change in the queue: by rank, then the earliest kick-off."""
    return RANK[change.kind], change.kickoff or _NO_KICKOFF, change.pair


class _Look(Enum):
    READ = "read"
    READ_NOW = "read now"


def _step(want: Wanted, holding: Actual, policy: Policy, now: datetime) -> Change | _Look | None:
    """What one pair needs: a change, a read first, or nothing."""
    if want.keep or _left_alone(want, holding, now):
        return None
    if holding.owner is Owner.UNKNOWN:
        return None if want.cause is Cause.NO_RULE or _blocked(holding, now) else _Look.READ
    if holding.in_doubt and want.odds is not None:
        return _Look.READ_NOW
    kind = _kind(want, holding, now)
    if kind and not _known(kind, holding, policy, now):
        return _Look.READ_NOW if kind.urgent else _Look.READ
    return _change(want, holding, kind) if kind else None


def _known(kind: Kind, holding: Actual, policy: Policy, now: datetime) -> bool:
    """Whether what stands there was seen lately enough to write over it."""
    if policy.read_since is None:
        return True
    oldest = max(policy.read_since, now - FRESH_ENOUGH) if kind is Kind.CREATE else policy.read_since
    return holding.read_at is not None and holding.read_at >= oldest


def _kind(want: Wanted, holding: Actual, now: datetime) -> Kind | None:
    if want.odds is None or _is_refused_too_low(want.odds, holding, now):
        return Kind.DELETE if holding.may_be_active else None
    if holding.odds is None:
        return Kind.CREATE
    if holding.odds == want.odds or _too_small(want.odds, holding.odds, want.min_change):
        return None
    return Kind.RAISE if want.odds > holding.odds else Kind.LOWER


def _left_alone(want: Wanted, holding: Actual, now: datetime) -> bool:
    """Set by hand; deleted by hand and respected; refused lately with a 400."""
    if holding.owner is Owner.THEIRS or (holding.respected and want.odds is not None):
        return True
    if not _blocked(holding, now) or _is_refused_too_low(want.odds, holding, now):
        return False
    return want.odds is not None or holding.refused_kind is Kind.DELETE


def _is_refused_too_low(wanted: Decimal | None, holding: Actual, now: datetime) -> bool:
    """A raise was refused, so what stands lets BetTune bet too low: rather none than that."""
    if wanted is None or holding.odds is None or holding.refused_kind is Kind.DELETE:
        return False
    return _blocked(holding, now) and holding.odds < wanted


def _blocked(holding: Actual, now: datetime) -> bool:
    return holding.quarantined_until is not None and holding.quarantined_until > now


def _too_small(after: Decimal, before: Decimal, min_change: Decimal) -> bool:
    return min_change > 0 and abs(after - before) < before * min_change


def _change(want: Wanted, holding: Actual, kind: Kind) -> Change:
    return Change(
        kind=kind,
        pair=want.pair,
        before=holding.odds,
        after=None if kind is Kind.DELETE else want.odds,
        cause=want.cause,
        reason=want.reason,
        event_id=want.event_id,
        kickoff=want.kickoff,
        source_price=want.source_price,
    )
