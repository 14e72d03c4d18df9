"""What is certain to happen in the demo, beside what chance brings: persons at BetTune, and an outage."""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from syncd.demo.changes import ChangeTracker
from syncd.demo.setup import STALE_AFTER
from syncd.model.bettune import Pair
from syncd.simulator.faults import FaultKind
from syncd.simulator.game import SimulatedGame
from syncd.simulator.random_events import WorldChange
from syncd.simulator.sandbox import Sandbox

LENGTH = 60.0
"""Seconds that all of it takes, or less where there is less time. Then it begins again."""

FILTER_BY_HAND = "Pinnacle Home"
ODDS_BY_HAND = Decimal("3.5")
FILTER_SWITCHED = "Pinnacle Draw"
TOP_TIER = 1

DISABLED_FOR = 4.0
"""Seconds at least: syncd has to notice."""

PERSON, OUTAGE = "magenta", "bold blue"
"""Styles."""

Say = Callable[[str, str], None]


class Outage(NamedTuple):
    """When Pinnacle did not answer, in seconds of the monotonic clock."""

    begin: float
    end: float

    def touches(self, since: float, took: float) -> bool:
        """Whether something that began then may have had to wait for its end."""
        return since < self.end and since + took > self.begin


def set_by_hand(box: Sandbox) -> SimulatedGame | None:
    """A person sets Min Odds in a filter of ours before syncd is there; gives the match."""
    soon = sorted(box.world.open_games(), key=lambda game: game.kickoff)
    found = next((game for game in reversed(soon) if game.competition.tier == TOP_TIER), None)
    if found is not None and found.match is not None:
        pair = Pair(_filter_id(box, FILTER_BY_HAND), found.match.id)
        box.bettune.account.ui_set(pair, ODDS_BY_HAND)
    return found


class Scenario:
    """Call `play` often: it does what is due."""

    def __init__(self, box: Sandbox, watch: ChangeTracker, say: Say, by_hand: SimulatedGame | None) -> None:
        """`say` prints a sentence in a style; `by_hand` is the match that `set_by_hand` gave."""
        self._box = box
        self._watch = watch
        self._say = say
        self._by_hand = by_hand
        self._begun = 0.0
        self._scale = 1.0
        self._due: list[tuple[float, Callable[[], None]]] = []
        self._outage_began: float | None = None
        self.outages: list[Outage] = []

    def begin(self, seconds: float) -> None:
        """From now on, within so many seconds."""
        self._scale = min(1.0, seconds / LENGTH)
        self._begin_again()

    def play(self) -> None:
        """Do what is due."""
        elapsed = self._now() - self._begun
        while self._due and self._due[0][0] <= elapsed:
            self._due.pop(0)[1]()
        if elapsed >= LENGTH * self._scale:
            self._begin_again()

    def end(self) -> None:
        """Nothing more; and all is well again."""
        self._due = []
        self._end_outage()

    def _begin_again(self) -> None:
        self._begun = self._now()
        disable, outage = 14.0 * self._scale, 38.0 * self._scale
        self._due = [
            (6.0 * self._scale, self._move_what_is_set_by_hand),
            (disable, self._disable),
            (disable + max(DISABLED_FOR, 9.0 * self._scale), self._approve),
            (outage, self._begin_outage),
            (outage + 5.0 * self._scale, self._end_outage),
        ]

    def _move_what_is_set_by_hand(self) -> None:
        game, world = self._by_hand, self._box.world
        if game is None or game not in world.open_games():
            return
        while not world.move(game, by=0.08):
            pass
        self._watch.look([WorldChange(at=world.now(), kind="move", game=game, text="")])

    def _disable(self) -> None:
        self._say(f"At BetTune, a person disables the filter «{FILTER_SWITCHED}».", PERSON)
        self._switch(approved=False)

    def _approve(self) -> None:
        self._say(f"At BetTune, the person approves «{FILTER_SWITCHED}» again.", PERSON)
        self._switch(approved=True)

    def _switch(self, *, approved: bool) -> None:
        self._box.bettune.account.set_approved(_filter_id(self._box, FILTER_SWITCHED), approved=approved)
        self._watch.look_at("filter", f"«{FILTER_SWITCHED}»")

    def _begin_outage(self) -> None:
        self._say(
            "Pinnacle does not answer any more. What stands may stand for another "
            f"{STALE_AFTER} s, then it would all be withdrawn.",
            OUTAGE,
        )
        self._box.pinnacle.faults.inject(FaultKind.UNAVAILABLE, times=None)
        self._outage_began = self._now()

    def _end_outage(self) -> None:
        if self._outage_began is None:
            return
        self._box.pinnacle.faults.clear()
        self.outages.append(Outage(self._outage_began, self._now()))
        self._say("Pinnacle answers again.", OUTAGE)
        self._outage_began = None

    def _now(self) -> float:
        return self._box.world.clock.monotonic()


def _filter_id(box: Sandbox, name: str) -> int:
    return next(found.id for found in box.bettune.account.filters if found.name == name)
