"""The certain events of the demo, besides the random ones: actions of a user at BetTune, and an outage."""

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
"""Seconds that the scenario takes before it begins again; less if the demo is shorter."""

FILTER_BY_HAND = "Pinnacle Home"
ODDS_BY_HAND = Decimal("3.5")
DISABLED_FILTER = "Pinnacle Draw"
TOP_TIER = 1

MIN_DISABLED_FOR = 4.0
"""Seconds: syncd must have time to notice."""

USER_STYLE, OUTAGE_STYLE = "magenta", "bold blue"

Say = Callable[[str, str], None]


class Outage(NamedTuple):
    """The time in which Pinnacle did not respond, in seconds of the monotonic clock."""

    begin: float
    end: float

    def overlaps(self, since: float, took: float) -> bool:
        """True if the outage may have delayed a write that was due at `since` and took `took` seconds."""
        return since < self.end and since + took > self.begin


def set_by_hand(sandbox: Sandbox) -> SimulatedGame | None:
    """Set Min Odds by hand in a filter of ours, before syncd starts. Returns the game; None if none fits."""
    by_kickoff = sorted(sandbox.world.open_games(), key=lambda game: game.kickoff)
    found = next((game for game in reversed(by_kickoff) if game.competition.tier == TOP_TIER), None)
    if found is not None and found.match is not None:
        pair = Pair(_filter_id(sandbox, FILTER_BY_HAND), found.match.id)
        sandbox.bettune.account.ui_set(pair, ODDS_BY_HAND)
    return found


class Scenario:
    """Runs the actions at their times: call `run_due` often."""

    def __init__(
        self, sandbox: Sandbox, tracker: ChangeTracker, say: Say, by_hand: SimulatedGame | None
    ) -> None:
        """`say` prints a sentence in a style; `by_hand` is the game that `set_by_hand` returned."""
        self._sandbox = sandbox
        self._tracker = tracker
        self._say = say
        self._by_hand = by_hand
        self._begun = 0.0
        self._scale = 1.0
        self._due: list[tuple[float, Callable[[], None]]] = []
        self._outage_began: float | None = None
        self.outages: list[Outage] = []

    def begin(self, seconds: float) -> None:
        """Begin now, to be complete within this many seconds."""
        self._scale = min(1.0, seconds / LENGTH)
        self._begin_again()

    def run_due(self) -> None:
        """Run the actions that are due."""
        elapsed = self._now() - self._begun
        while self._due and self._due[0][0] <= elapsed:
            self._due.pop(0)[1]()
        if elapsed >= LENGTH * self._scale:
            self._begin_again()

    def end(self) -> None:
        """Cancel the other actions and end an outage."""
        self._due = []
        self._end_outage()

    def _begin_again(self) -> None:
        self._begun = self._now()
        disable, outage = 14.0 * self._scale, 38.0 * self._scale
        self._due = [
            (6.0 * self._scale, self._move_game_set_by_hand),
            (disable, self._disable_filter),
            (disable + max(MIN_DISABLED_FOR, 9.0 * self._scale), self._approve_filter),
            (outage, self._begin_outage),
            (outage + 5.0 * self._scale, self._end_outage),
        ]

    def _move_game_set_by_hand(self) -> None:
        game, world = self._by_hand, self._sandbox.world
        if game is None or game not in world.open_games():
            return
        while not world.move(game, by=0.08):
            pass
        self._tracker.track([WorldChange(at=world.now(), kind="move", game=game, text="")])

    def _disable_filter(self) -> None:
        self._say(f"At BetTune, a user disables the filter «{DISABLED_FILTER}».", USER_STYLE)
        self._set_approved(approved=False)

    def _approve_filter(self) -> None:
        self._say(f"At BetTune, the user approves «{DISABLED_FILTER}» again.", USER_STYLE)
        self._set_approved(approved=True)

    def _set_approved(self, *, approved: bool) -> None:
        filter_id = _filter_id(self._sandbox, DISABLED_FILTER)
        self._sandbox.bettune.account.set_approved(filter_id, approved=approved)
        self._tracker.track_other("filter", f"«{DISABLED_FILTER}»")

    def _begin_outage(self) -> None:
        self._say(
            "Pinnacle no longer responds. syncd leaves the Min Odds as they are for another "
            f"{STALE_AFTER} s; then it would delete them all.",
            OUTAGE_STYLE,
        )
        self._sandbox.pinnacle.faults.inject(FaultKind.UNAVAILABLE, times=None)
        self._outage_began = self._now()

    def _end_outage(self) -> None:
        if self._outage_began is None:
            return
        self._sandbox.pinnacle.faults.clear()
        self.outages.append(Outage(self._outage_began, self._now()))
        self._say("Pinnacle responds again.", OUTAGE_STYLE)
        self._outage_began = None

    def _now(self) -> float:
        return self._sandbox.world.clock.monotonic()


def _filter_id(sandbox: Sandbox, name: str) -> int:
    return next(found.id for found in sandbox.bettune.account.filters if found.name == name)
