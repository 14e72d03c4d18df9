"""Withhold changes: a price that fell too far to be trusted at once, and suspicious masses.

Only lowers and creates are ever withheld, because only they can lose money. A withheld lower leaves a
higher Min Odds active, which at worst misses a bet.
"""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

import msgspec

from syncd.model.bettune import Pair
from syncd.model.change import Change, Kind

MASS = "sync.mass"
"""Alert: a suspicious mass of moves is withheld. `syncd explain` reads in the store since when."""

AWAITING = "the work was interrupted: waits for the first response of Pinnacle since then"

MIN_MASS = 10
"""Fewer moves are never a mass, whatever part of all predictions they are."""

MASS_FRACTION = 3
"""Moves are a mass if they are at least one in this many predictions."""

PLAUSIBLE_BOOKSUM = (Decimal("0.90"), Decimal("1.35"))
"""Far wider than any market of Pinnacle's (1.01 to 1.10): only another odds format falls outside."""


class Withheld(msgspec.Struct, frozen=True, kw_only=True):
    """A change that is not sent now, and the reason."""

    change: Change
    reason: str


class SuspiciousMass(msgspec.Struct, frozen=True, kw_only=True):
    """Many moves that look wrong together: `count` of `of`, and the reason."""

    count: int
    of: int
    reason: str


class Split(NamedTuple):
    """The changes of a plan, divided by their plausibility."""

    allowed: list[Change]
    withheld: tuple[Withheld, ...]
    mass: SuspiciousMass | None
    """Set if a mass of moves is suspicious as a whole: then every lower and create is withheld."""


class PlausibilityCheck:
    """Judges the changes of one plan.

    `max_jump` is relative, `active` the number of predictions of ours, and `trust_mass` lets falling
    prices pass however many they are.
    """

    def __init__(self, max_jump: Decimal, active: int, trust_mass: bool) -> None:
        self._max_jump = max_jump
        self._active = active
        self._trust_mass = trust_mass

    def split(
        self,
        changes: Collection[Change],
        unconfirmed: Collection[Pair],
        booksums: Mapping[Pair, Decimal | None],
        awaiting: Collection[Pair] = (),
    ) -> Split:
        """Divide the changes into those that may be sent and those that are withheld.

        `awaiting` are the pairs whose feed has not responded since the work was interrupted.
        """
        mass = None if self._trust_mass else self._falling_mass(changes)
        # Another odds format stays wrong in every snapshot, so nothing but good prices lifts this.
        mass = self._implausible_mass(changes, booksums) or mass
        allowed: list[Change] = []
        withheld: list[Withheld] = []
        for change in changes:
            reason = self._reason_to_withhold(change, unconfirmed, mass)
            if not (reason or change.kind.urgent) and change.pair in awaiting:
                reason = AWAITING
            if reason:
                withheld.append(Withheld(change=change, reason=reason))
            else:
                allowed.append(change)
        return Split(allowed, tuple(withheld), mass)

    def _reason_to_withhold(
        self, change: Change, unconfirmed: Collection[Pair], mass: SuspiciousMass | None
    ) -> str:
        """Return the reason, or nothing if the change may be sent."""
        if change.kind.urgent:
            return ""
        if mass:
            return mass.reason
        if change.pair in unconfirmed and is_jump(change, self._max_jump):
            return f"fell by more than {self._max_jump:.0%}: waits for a second response that agrees"
        return ""

    def _falling_mass(self, changes: Iterable[Change]) -> SuspiciousMass | None:
        count = sum(is_jump(change, self._max_jump) for change in changes)
        if not _is_mass(count, self._active):
            return None
        reason = f"{count} of {self._active} prices fell by more than {self._max_jump:.0%} at once"
        return SuspiciousMass(count=count, of=self._active, reason=reason)

    def _implausible_mass(
        self, changes: Iterable[Change], booksums: Mapping[Pair, Decimal | None]
    ) -> SuspiciousMass | None:
        known = [
            booksum
            for change in changes
            if not change.kind.urgent and (booksum := booksums.get(change.pair)) is not None
        ]
        low, high = PLAUSIBLE_BOOKSUM
        count = sum(not low <= booksum <= high for booksum in known)
        if not _is_mass(count, len(known)):
            return None
        reason = f"{count} of {len(known)} markets have a booksum that no bookmaker offers"
        return SuspiciousMass(count=count, of=len(known), reason=reason)


def is_jump(change: Change, max_jump: Decimal) -> bool:
    """Return whether this is a lower that moves further than `max_jump`, relatively."""
    if change.kind is not Kind.LOWER or change.before is None or change.after is None:
        return False
    return change.before - change.after > change.before * max_jump


def _is_mass(count: int, of: int) -> bool:
    return count >= MIN_MASS and count * MASS_FRACTION >= of
