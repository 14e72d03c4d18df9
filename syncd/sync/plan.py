"""The plan: the difference between what BetTune should hold and what it holds.

Values in, values out. The same plan is shown by `syncd plan`, fed to the queue, and checked by the tests
against the rules of the domain.
"""

from collections.abc import Collection, Container, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

import msgspec

from syncd.config.settings import SafetySettings
from syncd.model.bettune import Pair
from syncd.model.change import Actual, Cause, Change, Kind, Loss, Owner, Source, Wanted
from syncd.model.feed import FeedState
from syncd.sync.plausibility import AWAITING, PlausibilityCheck, SuspiciousMass, Withheld
from syncd.sync.priority import priority


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Limits on all changes together, beyond the rules of single filters."""

    max_jump: Decimal
    """A lower price that moves further than this, relatively, waits for a second response."""
    active: int = 0
    """Number of predictions of ours that are active altogether: the measure of a mass."""
    read_first: bool = False
    """True if pairs that only an earlier process has read, or that were read long ago, are read again before
    a write: meanwhile a user may have made a prediction of ours their own. False if every reading counts."""
    trust_mass: bool = False
    """A snapshot taken since the mass appeared agrees with it: the moves may pass."""
    awaited: Collection[Source] = ()
    """The sources without a good response since an interruption of the work."""


def policy_of(
    safety: SafetySettings,
    feeds: Iterable[FeedState],
    *,
    active: int,
    mass_since: datetime | None,
    read_first: bool = False,
    awaited: Collection[Source] = (),
) -> Policy:
    """Return the policy of this moment; `mass_since` is when a suspicious mass was first seen, if one lasts.

    The mass is trusted once every odds feed has taken a snapshot since then.
    """
    snapshots = [each.snapshot_at for each in feeds if each.kind == "odds" and each.snapshot_at]
    return Policy(
        max_jump=safety.max_jump,
        active=active,
        read_first=read_first,
        awaited=awaited,
        trust_mass=mass_since is not None and bool(snapshots) and min(snapshots) > mass_since,
    )


QUARANTINE = timedelta(minutes=15)
"""A price that BetTune rejected is not tried again for this long."""

MISSES_TO_BELIEVE = 2
"""After this many readings that differ from the odds sent, BetTune keeps others: they are not sent again."""

CONFIRM_AFTER = timedelta(seconds=10)
"""A second reading without a prediction of ours counts if it is so much later than the first."""

MAX_AGE_BEFORE_MAKING_SURE = timedelta(minutes=1)
"""A prediction that a user deleted is deleted once more, to make sure: not if it was read longer ago than
this, since the user may have made another one meanwhile."""

MAX_AGE_OF_ABSENCE = timedelta(minutes=5)
"""If a pair was read as empty longer ago than this, it is read again before a creation: a user may have set
something since."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The changes to write, the pairs to read first, and the changes that are withheld."""

    changes: tuple[Change, ...] = ()
    """Those of `plan` in the order in which they should be sent."""
    reads: tuple[Pair, ...] = ()
    """Pairs to be read before they may be written."""
    urgent_reads: tuple[Pair, ...] = ()
    """Pairs to be read at once: what BetTune bets by may be wrong now."""
    withheld: tuple[Withheld, ...] = ()
    mass: SuspiciousMass | None = None
    """Set if a mass of moves is suspicious as a whole."""

    def of_pair(self, pair: Pair) -> "Plan":
        """Return the part of the plan that concerns one pair."""
        return Plan(
            changes=tuple(each for each in self.changes if each.pair == pair),
            reads=tuple(each for each in self.reads if each == pair),
            urgent_reads=tuple(each for each in self.urgent_reads if each == pair),
            withheld=tuple(each for each in self.withheld if each.change.pair == pair),
            mass=self.mass,
        )


def plan(wanted: Iterable[Wanted], actual: Mapping[Pair, Actual], policy: Policy, now: datetime) -> Plan:
    """Compare each wanted value with the actual one of its pair.

    The result does not depend on the order of `wanted`. A pair without an actual value was never
    read. Applying the plan and planning again gives an empty one.
    """
    comparison = PairComparison(actual, policy, now)
    values = sorted(wanted, key=lambda each: each.pair)
    comparison.add(values)
    result = comparison.plan(each.pair for each in values)
    changes = sorted(result.changes, key=lambda change: priority(change, now))
    return msgspec.structs.replace(result, changes=tuple(changes))


class _Compared(NamedTuple):
    wanted: Wanted
    actual: Actual | None
    step: "Change | _Read | None"


class PairComparison:
    """The comparison of wanted with actual values, some at a time, where `plan` takes all at once.

    Add all of them, each once, before any is planned: only all moves together show that they are a mass.
    """

    def __init__(self, actual: Mapping[Pair, Actual], policy: Policy, now: datetime) -> None:
        self._actual = actual
        self._policy = policy
        self._now = now
        self._check = PlausibilityCheck(policy.max_jump, policy.active, policy.trust_mass)
        self._compared: dict[Pair, _Compared] = {}

    def add(self, wanted: Iterable[Wanted]) -> None:
        """Compare these values with the actual ones of this moment."""
        for value in wanted:
            known = self._actual.get(value.pair)
            current = known or Actual(pair=value.pair, owner=Owner.UNKNOWN)
            step = _step(value, current, self._policy, self._now)
            self._compared[value.pair] = _Compared(value, known, step)
            if isinstance(step, Change):
                self._check.count(step, value.booksum)

    @property
    def mass(self) -> SuspiciousMass | None:
        """The mass of all that was added, if it is suspicious as a whole."""
        return self._check.mass

    def is_current(self, pair: Pair) -> bool:
        """Return whether the actual value of a pair is still the one that it was compared with.

        Else a write or a reading has ended since, and what was planned may have happened.
        """
        compared = self._compared.get(pair)
        return compared is None or compared.actual is self._actual.get(pair)

    def in_order(self, waiting: Container[Pair]) -> list[Pair]:
        """Return all pairs in the order in which the queue has to know of them, where these are `waiting`.

        First what waits and is not to be sent any more, then what is urgent, then the rest.
        """
        groups: tuple[list[Pair], ...] = ([], [], [], [])
        for pair, compared in self._compared.items():
            groups[self._group(compared, waits=pair in waiting)].append(pair)
        return [pair for group in groups for pair in group]

    def _group(self, compared: _Compared, *, waits: bool) -> int:
        match compared.step:
            case Change() as change if not self._reason_to_withhold(change, compared.wanted):
                return 1 if change.kind.urgent else 2
            case _Read() as read:
                return 1 if read is _Read.AT_ONCE else 2
            case _:
                return 0 if waits else 3

    def plan(self, pairs: Iterable[Pair]) -> Plan:
        """Return what was planned of these pairs, in their order."""
        changes: list[Change] = []
        withheld: list[Withheld] = []
        reads: dict[_Read, list[Pair]] = {each: [] for each in _Read}
        for value, _, step in (self._compared[pair] for pair in pairs if pair in self._compared):
            if isinstance(step, _Read):
                reads[step].append(value.pair)
            elif step and (reason := self._reason_to_withhold(step, value)):
                withheld.append(Withheld(change=step, reason=reason))
            elif step:
                changes.append(step)
        return Plan(
            changes=tuple(changes),
            reads=tuple(reads[_Read.BEFORE_WRITING]),
            urgent_reads=tuple(reads[_Read.AT_ONCE]),
            withheld=tuple(withheld),
            mass=self.mass,
        )

    def _reason_to_withhold(self, change: Change, value: Wanted) -> str:
        waits = value.contradicted or (AWAITING if value.source in self._policy.awaited else "")
        return self._check.reason_to_withhold(change, confirmed=value.confirmed, waits=waits)


class _Read(Enum):
    BEFORE_WRITING = "before writing"
    AT_ONCE = "at once"


def _step(wanted: Wanted, actual: Actual, policy: Policy, now: datetime) -> Change | _Read | None:
    """Return what one pair needs: a change, a read first, or nothing."""
    if wanted.keep:
        return None
    if actual.loss:
        return _step_of_lost(wanted, actual, actual.loss, now)
    if actual.respected and actual.may_be_active:
        return _make_sure(wanted, actual, now)
    return None if _is_users(wanted, actual) else _step_of_ours(wanted, actual, policy, now)


def _step_of_ours(wanted: Wanted, actual: Actual, policy: Policy, now: datetime) -> Change | _Read | None:
    if actual.owner is Owner.UNKNOWN:
        unneeded = wanted.cause is Cause.NO_RULE or _is_quarantined(actual, now)
        return None if unneeded else _Read.BEFORE_WRITING
    if actual.in_doubt and wanted.odds is not None:
        return _Read.AT_ONCE
    kind = _kind(wanted, actual, now)
    if kind and policy.read_first and not _was_read_lately(kind, actual, now):
        return _Read.AT_ONCE if kind.urgent else _Read.BEFORE_WRITING
    return _change(wanted, actual, kind) if kind else None


def _step_of_lost(wanted: Wanted, actual: Actual, loss: Loss, now: datetime) -> Change | _Read | None:
    """Return what a pair needs that a response did not show as ours: another reading.

    What must not stay, or is too low, is read again at once. If it is not shown again, or not soon,
    it is deleted: that does no harm.
    """
    if actual.in_doubt and wanted.odds is not None:
        return _Read.AT_ONCE
    kind, is_old = _kind(wanted, actual, now), not timedelta(0) <= now - loss.at < CONFIRM_AFTER
    if kind and kind.urgent and actual.may_be_active and loss.to is not Owner.THEIRS:
        return _deletion(wanted, actual) if loss.times > 1 or is_old else _Read.AT_ONCE
    if loss.to is Owner.NOBODY:
        return _Read.BEFORE_WRITING if is_old else None
    return _Read.AT_ONCE


def _make_sure(wanted: Wanted, actual: Actual, now: datetime) -> Change | _Read:
    """Delete what two readings did not show: both may have been wrong."""
    is_recent = actual.read_at is not None and abs(now - actual.read_at) <= MAX_AGE_BEFORE_MAKING_SURE
    return _deletion(wanted, actual) if is_recent else _Read.AT_ONCE


def _deletion(wanted: Wanted, actual: Actual) -> Change:
    change = _change(wanted, actual, Kind.DELETE)
    if wanted.odds is None:
        return change
    return msgspec.structs.replace(
        change, cause=Cause.NOT_SHOWN, reason="BetTune does not show it: deleted to make sure"
    )


def _is_users(wanted: Wanted, actual: Actual) -> bool:
    """Return whether a user has decided: set by hand, or deleted by hand and respected."""
    return actual.owner is Owner.THEIRS or (actual.respected and wanted.odds is not None)


def _was_read_lately(kind: Kind, actual: Actual, now: datetime) -> bool:
    """Return whether the actual value is recent enough to be written over.

    A reading from the future, as after the clock was set back, is not recent: it is repeated.
    """
    if actual.is_of_earlier_process or actual.read_at is None:
        return False
    return kind is not Kind.CREATE or abs(now - actual.read_at) <= MAX_AGE_OF_ABSENCE


def _kind(wanted: Wanted, actual: Actual, now: datetime) -> Kind | None:
    if wanted.odds is None:
        return Kind.DELETE if actual.may_be_active else None
    if _is_quarantined(actual, now) or _is_in_vain(wanted.odds, actual):
        # No price can be sent. A higher one that is active does no harm, a lower one must not stay.
        is_too_low = actual.odds is not None and actual.odds < wanted.odds
        return Kind.DELETE if is_too_low and actual.may_be_active else None
    if actual.odds is None:
        return Kind.CREATE
    if actual.odds == wanted.odds or _is_too_small(wanted.odds, actual.odds, wanted.min_change):
        return None
    return Kind.RAISE if wanted.odds > actual.odds else Kind.LOWER


def _is_in_vain(wanted: Decimal, actual: Actual) -> bool:
    """Return whether this very price was sent, and BetTune keeps another."""
    return actual.sent == wanted and actual.misses >= MISSES_TO_BELIEVE


def _is_quarantined(actual: Actual, now: datetime) -> bool:
    """Return whether a quarantine lasts; one that ends too far ahead is of a clock that was set back."""
    until = actual.quarantined_until
    return until is not None and timedelta(0) < until - now <= QUARANTINE


def _is_too_small(after: Decimal, before: Decimal, min_change: Decimal) -> bool:
    return min_change > 0 and abs(after - before) < before * min_change


def _change(wanted: Wanted, actual: Actual, kind: Kind) -> Change:
    return Change(
        kind=kind,
        pair=wanted.pair,
        before=actual.odds,
        after=None if kind is Kind.DELETE else wanted.odds,
        cause=wanted.cause,
        reason=wanted.reason,
        event_id=wanted.event_id,
        kickoff=wanted.kickoff,
        source_price=wanted.source_price,
    )
