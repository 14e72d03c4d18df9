"""Withhold changes: a price that fell too far to be trusted at once, and suspicious masses.

Only lowers and creates are ever withheld, because only they can lose money. A withheld lower leaves a
higher Min Odds active, which at worst misses a bet.
"""

from decimal import Decimal

import msgspec

from syncd.model.change import Change, Kind

MASS = "sync.mass"
"""Alert: a suspicious mass of moves is withheld. `syncd explain` reads in the store since when."""

AWAITING = "the price may have moved since: waits for the next response of Pinnacle"

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


class PlausibilityCheck:
    """Judges the changes of one plan: `count` all of them, and then ask for the `mass` and of each change.

    `max_jump` is relative, `active` the number of predictions of ours, and `trust_mass` lets falling
    prices pass however many they are.
    """

    def __init__(self, max_jump: Decimal, active: int, trust_mass: bool) -> None:
        self._max_jump = max_jump
        self._active = active
        self._trust_mass = trust_mass
        self._jumps = 0
        self._booksums = 0
        self._implausible = 0

    def count(self, change: Change, booksum: Decimal | None) -> None:
        """Count a change, with the booksum of its market if that is known."""
        self._jumps += is_jump(change, self._max_jump)
        if booksum is not None and not change.kind.urgent:
            low, high = PLAUSIBLE_BOOKSUM
            self._booksums += 1
            self._implausible += not low <= booksum <= high

    @property
    def mass(self) -> SuspiciousMass | None:
        """The mass of moves that is suspicious as a whole: then every lower and create is withheld."""
        # Another odds format stays wrong in every snapshot, so nothing but good prices lifts this.
        if _is_mass(self._implausible, self._booksums):
            reason = (
                f"{self._implausible} of {self._booksums} markets have a booksum that no bookmaker offers"
            )
            return SuspiciousMass(count=self._implausible, of=self._booksums, reason=reason)
        if self._trust_mass or not _is_mass(self._jumps, self._active):
            return None
        reason = f"{self._jumps} of {self._active} prices fell by more than {self._max_jump:.0%} at once"
        return SuspiciousMass(count=self._jumps, of=self._active, reason=reason)

    def reason_to_withhold(self, change: Change, *, confirmed: bool, waits: str) -> str:
        """Return the reason, or nothing if the change may be sent.

        `confirmed`: a second response has said so; `waits`: the reason why this price may not be lowered to
        or made yet, if any.
        """
        if change.kind.urgent:
            return ""
        if mass := self.mass:
            return mass.reason
        if not confirmed and is_jump(change, self._max_jump):
            return f"fell by more than {self._max_jump:.0%}: waits for a second response that agrees"
        return waits


def is_jump(change: Change, max_jump: Decimal) -> bool:
    """Return whether this is a lower that moves further than `max_jump`, relatively."""
    if change.kind is not Kind.LOWER or change.before is None or change.after is None:
        return False
    return change.before - change.after > change.before * max_jump


def _is_mass(count: int, of: int) -> bool:
    return count >= MIN_MASS and count * MASS_FRACTION >= of
