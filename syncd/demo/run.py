"""The phases of the demo: the first fill, the changes, and the closing check."""

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
WORLD_STEP = 0.25
FILL_WITHIN = 45.0
CATCH_UP_WITHIN = 20.0
"""All in seconds."""

REVIEWS_SHOWN = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstFill:
    """The first fill: the number of predictions, and the seconds it took."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoResult:
    """Everything that was measured."""

    fill: FirstFill | None
    """None if it was not completed."""
    followed: Sequence[ExpectedWrite]
    outages: Sequence[Outage]
    check: CheckResult | None
    """None if the user did not wait for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The conditions under which the demo ends."""

    at: float
    """Seconds of the monotonic clock, or `inf`."""
    stopped: Callable[[], bool]
    """True if the demo should end now: the user has stopped it, or the daemon has died."""
    skip_check: Callable[[], bool]
    """True to end without the closing check."""


class DemoRun:
    """Runs the phases, with a daemon that has just been started."""

    def __init__(self, setup: DemoSetup, reporter: Reporter, tempo: Tempo, deadline: Deadline) -> None:
        self._setup = setup
        self._sandbox = setup.sandbox
        self._clock = setup.sandbox.world.clock
        self._reporter = reporter
        self._deadline = deadline
        self._check = OracleCheck(setup.sandbox)
        self._by_hand = set_by_hand(setup.sandbox)
        self._random_events = RandomEvents(setup.sandbox.world, tempo)
        self._tracker = ChangeTracker(setup.sandbox, self._check.oracle)
        self._scenario = Scenario(setup.sandbox, self._tracker, reporter.say, self._by_hand)

    async def run(self) -> DemoResult:
        """Run all phases."""
        fill = await self._first_fill()
        if fill is not None:
            await self._report_fill(fill)
            await self._follow_changes()
        check = None if fill is None and self._deadline.stopped() else await self._closing_check()
        return DemoResult(
            fill=fill, followed=self._tracker.followed, outages=self._scenario.outages, check=check
        )

    async def _first_fill(self) -> FirstFill | None:
        begun = self._clock.monotonic()
        self._report_lists()
        async with ProgressBar(self._reporter.console) as bar:

            def show(check: CheckResult) -> None:
                bar.update("first fill", max(0, check.wanted - len(check.differences)), check.wanted)

            check = await self._check.wait(FILL_WITHIN, self._deadline.stopped, show)
        if check.differences:
            return None
        last_write = self._sandbox.bettune.account.writes[-1]
        return FirstFill(count=check.wanted, seconds=last_write.seconds - begun)

    async def _follow_changes(self) -> None:
        self._tracker.begin()
        self._scenario.begin(self._deadline.at - self._clock.monotonic())
        self._reporter.print_header()
        stepped = self._clock.monotonic()
        while not self._deadline.stopped() and self._clock.monotonic() < self._deadline.at:
            await self._clock.sleep(TICK)
            self._scenario.run_due()
            if (elapsed := self._clock.monotonic() - stepped) >= WORLD_STEP:
                stepped += elapsed
                self._tracker.track(self._random_events.step(elapsed))
            self._reporter.add(self._tracker.finished())
            self._reporter.print_due()

    async def _closing_check(self) -> CheckResult | None:
        self._scenario.end()
        self._reporter.say("The end: the simulated world stops, and syncd catches up.", "bold")
        check = await self._check.wait(CATCH_UP_WITHIN, self._deadline.skip_check)
        self._reporter.add(self._tracker.finished())
        self._reporter.print_rest()
        return None if check.differences and self._deadline.skip_check() else check

    # --- sentences

    def _report_lists(self) -> None:
        world, by_hand = self._sandbox.world, self._by_hand
        listed = sum(game.main is not None for game in world.games)
        self._reporter.say(
            f"Pinnacle lists {listed} matches and BetTune {len(world.matches)}, many under other names."
        )
        if by_hand is not None:
            self._reporter.say(
                f"A user has set Min Odds for {name_of(by_hand)} by hand: syncd never changes these."
            )

    async def _report_fill(self, fill: FirstFill) -> None:
        found = await load_links(self._setup.store)
        linked = [each for each in found if each.link.state.carries_predictions]
        for_review = [each for each in found if each.link.state is LinkState.REVIEW]
        self._reporter.say(f"{len(linked)} matches are certainly the same on both sides{_example(linked)}.")
        for each in for_review[:REVIEWS_SHOWN]:
            self._reporter.say(_review_sentence(each))
        self._reporter.say(
            f"First fill: {fill.count} Min Odds set in {fill.seconds:.1f} s. From now on, only changes.",
            "bold green",
        )


def _example(linked: Sequence[LinkDetails]) -> str:
    """A team with different names on both sides; empty if there is none."""
    for each in linked:
        if each.event and each.match and each.event.event.home != each.match.home.name:
            return f": BetTune's {each.match.home.name} is Pinnacle's {each.event.event.home}"
    return ""


def _review_sentence(details: LinkDetails) -> str:
    name = details.event.event.title if details.event else f"event {details.link.event_id}"
    return f"{name}: {details.link.reason}. A user must decide; until then no Min Odds are set."
