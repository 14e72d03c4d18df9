"""What is held back: a price that fell too far to believe at once, and masses that look wrong.

Only lowers and creates are ever held, because only they add to what may be lost. A held lower
leaves a higher Min Odds in place, which at worst misses a bet.
"""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

import msgspec

from syncd.model.bettune import Pair
from syncd.model.change import Change, Kind

MASS_AT_LEAST = 10
"""A handful of moves is no mass, whatever part of all predictions it is."""

BELIEVABLE_BOOKSUM = (Decimal("0.90"), Decimal("1.35"))
"""Far wider than any market of Pinnacle's (1.01 to 1.10): only another odds format falls outside."""


class Withheld(msgspec.Struct, frozen=True, kw_only=True):
    """A change that is not sent now, and why."""

    change: Change
    why: str


class SuspiciousMass(msgspec.Struct, frozen=True, kw_only=True):
    """A mass of moves that looks wrong: how many of how many, and in what way."""

    count: int
    of: int
    why: str


class Guard:
    """Sifts the changes of one plan."""

    def __init__(self, max_jump: Decimal, population: int, trust_mass: bool) -> None:
        self._max_jump = max_jump
        self._population = population
        self._trust_mass = trust_mass

    def sift(
        self,
        changes: Iterable[Change],
        unconfirmed: Collection[Pair],
        booksums: Mapping[Pair, Decimal | None],
    ) -> tuple[list[Change], tuple[Withheld, ...], SuspiciousMass | None]:
        """Divide into what may be sent and what is held, with the verdict on the whole."""
        everything = list(changes)
        mass = None if self._trust_mass else self._falling(everything)
        # Another odds format stays wrong in every snapshot, so nothing but good prices lifts this.
        mass = self._unbelievable(everything, booksums) or mass
        passed: list[Change] = []
        held: list[Withheld] = []
        for change in everything:
            why = self._doubt(change, unconfirmed, mass)
            if why:
                held.append(Withheld(change=change, why=why))
            else:
                passed.append(change)
        return passed, tuple(held), mass

    def _doubt(
        self, change: Change, unconfirmed: Collection[Pair], mass: SuspiciousMass | None
    ) -> str | None:
        if change.kind.urgent:
            return None
        if mass:
            return mass.why
        if change.pair in unconfirmed and jumps(change, self._max_jump):
            return f"fell by more than {self._max_jump:.0%}: waits for a second answer that agrees"
        return None

    def _falling(self, changes: list[Change]) -> SuspiciousMass | None:
        fallen = sum(jumps(change, self._max_jump) for change in changes)
        if fallen < MASS_AT_LEAST or fallen * 3 < self._population:
            return None
        why = f"{fallen} of {self._population} prices fell by more than {self._max_jump:.0%} at once"
        return SuspiciousMass(count=fallen, of=self._population, why=why)

    def _unbelievable(
        self, changes: list[Change], booksums: Mapping[Pair, Decimal | None]
    ) -> SuspiciousMass | None:
        known = [
            booksum
            for change in changes
            if not change.kind.urgent and (booksum := booksums.get(change.pair)) is not None
        ]
        low, high = BELIEVABLE_BOOKSUM
        wrong = sum(not low <= booksum <= high for booksum in known)
        if wrong < MASS_AT_LEAST or wrong * 3 < len(known):
            return None
        why = f"{wrong} of {len(known)} markets have a booksum that no bookmaker offers"
        return SuspiciousMass(count=wrong, of=len(known), why=why)


def jumps(change: Change, max_jump: Decimal) -> bool:
    """Whether this is a lower that moves further than `max_jump`, relatively."""
    if change.kind is not Kind.LOWER or change.before is None or change.after is None:
        return False
    return change.before - change.after > change.before * max_jump
