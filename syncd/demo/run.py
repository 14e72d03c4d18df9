"""The course of the demo: the first fill, whatever happens then, and the closing check."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from syncd.demo.changes import ChangeTracker, ExpectedWrite
from syncd.demo.reporter import Reporter
from syncd.demo.scenario import Outage, Scenario, set_by_hand
from syncd.demo.setup import DemoSetup
from syncd.demo.wording import name_of
from syncd.linking.link_details import LinkDetails, load_links
from syncd.model.link import LinkState
from syncd.runtime.progress import ProgressBar
from syncd.simulator.oracle_check import CheckResult, OracleCheck
from syncd.simulator.random_events import RandomEvents, Tempo

TICK = 0.1
STEP = 0.25
FILL_WITHIN = 45.0
CATCH_UP_WITHIN = 20.0
"""Seconds."""

REVIEWS_TOLD = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstFill:
    """The first fill: how many predictions, and how long it took."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoResult:
    """What was seen."""

    fill: FirstFill | None
    """None: it did not come to an end."""
    followed: Sequence[ExpectedWrite]
    outages: Sequence[Outage]
    verdict: CheckResult | None
    """None: a person did not want to wait for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """When it ends."""

    at: float
    """Seconds of the monotonic clock, or `inf`."""
    stopped: Callable[[], bool]
    """Somebody wants it to come to its end, or the daemon has died."""
    hurry: Callable[[], bool]
    """Nobody wants to wait for the closing check."""


class DemoRun:
    """Plays on a stage on which the daemon has just begun."""

    def __init__(self, stage: DemoSetup, narrator: Reporter, tempo: Tempo, curtain: Deadline) -> None:
        self._stage = stage
        self._box = stage.box
        self._clock = stage.box.world.clock
        self._narrator = narrator
        self._curtain = curtain
        self._agreement = OracleCheck(stage.box)
        self._by_hand = set_by_hand(stage.box)
        self._life = RandomEvents(stage.box.world, tempo)
        self._watch = ChangeTracker(stage.box, self._agreement.oracle)
        self._script = Scenario(stage.box, self._watch, narrator.say, self._by_hand)

    async def perform(self) -> DemoResult:
        """All of it."""
        fill = await self._fill()
        if fill is not None:
            await self._tell_fill(fill)
            await self._follow()
        verdict = None if fill is None and self._curtain.stopped() else await self._close()
        return DemoResult(
            fill=fill, followed=self._watch.followed, outages=self._script.outages, verdict=verdict
        )

    async def _fill(self) -> FirstFill | None:
        begun = self._clock.monotonic()
        self._tell_beginning()
        async with ProgressBar(self._narrator.console) as bar:

            def show(result: CheckResult) -> None:
                bar.update("first fill", max(0, result.wanted - len(result.differences)), result.wanted)

            verdict = await self._agreement.wait(FILL_WITHIN, self._curtain.stopped, show)
        if verdict.differences:
            return None
        return FirstFill(count=verdict.wanted, seconds=self._box.bettune.account.writes[-1].seconds - begun)

    async def _follow(self) -> None:
        self._watch.begin()
        self._script.begin(self._curtain.at - self._clock.monotonic())
        self._narrator.head()
        stepped = self._clock.monotonic()
        while not self._curtain.stopped() and self._clock.monotonic() < self._curtain.at:
            await self._clock.sleep(TICK)
            self._script.play()
            if (elapsed := self._clock.monotonic() - stepped) >= STEP:
                stepped += elapsed
                self._watch.look(self._life.step(elapsed))
            self._narrator.offer(self._watch.finished())
            self._narrator.tell()

    async def _close(self) -> CheckResult | None:
        self._script.end()
        self._narrator.say("The end: the simulated world stands still, and syncd catches up.", "bold")
        verdict = await self._agreement.wait(CATCH_UP_WITHIN, self._curtain.hurry)
        self._narrator.offer(self._watch.finished())
        self._narrator.tell_rest()
        return None if verdict.differences and self._curtain.hurry() else verdict

    # --- what is told

    def _tell_beginning(self) -> None:
        world, by_hand = self._box.world, self._by_hand
        listed = sum(game.main is not None for game in world.games)
        self._narrator.say(
            f"Pinnacle lists {listed} matches and BetTune {len(world.matches)}, many under other names."
        )
        if by_hand is not None:
            self._narrator.say(f"A person has set Min Odds for {name_of(by_hand)} by hand: they stay.")

    async def _tell_fill(self, fill: FirstFill) -> None:
        found = await load_links(self._stage.store)
        linked = [each for each in found if each.link.state.carries_predictions]
        waiting = [each for each in found if each.link.state is LinkState.REVIEW]
        self._narrator.say(
            f"{len(linked)} matches are the same on both sides beyond doubt{_example(linked)}."
        )
        for each in waiting[:REVIEWS_TOLD]:
            self._narrator.say(_review(each))
        self._narrator.say(
            f"First fill: {fill.count} Min Odds set in {fill.seconds:.1f} s. From now on, only changes.",
            "bold green",
        )


def _example(linked: Sequence[LinkDetails]) -> str:
    """A team that each side calls differently, if there is any."""
    for each in linked:
        if each.event and each.match and each.event.event.home != each.match.home.name:
            return f": BetTune's {each.match.home.name} are Pinnacle's {each.event.event.home}"
    return ""


def _review(waiting: LinkDetails) -> str:
    name = waiting.event.event.title if waiting.event else f"event {waiting.link.event_id}"
    return f"{name}: {waiting.link.reason}. A person has to decide; until then nothing is set."
