"""The time from a response with a change to the response to its write."""

from decimal import Decimal

from syncd.model.bettune import Pair
from syncd.model.change import Cause, Change, Kind
from syncd.sync.reactions import Reactions
from tests.pinnacle.fakes import HandClock

EVENT, OTHER = 7, 8
HOME, AWAY = Pair(1, 100), Pair(2, 100)


def raised(pair: Pair = HOME, event_id: int = EVENT) -> Change:
    before, after = Decimal(2), Decimal(3)
    return Change(
        kind=Kind.RAISE, pair=pair, before=before, after=after, cause=Cause.PRICED, event_id=event_id
    )


class Watched:
    """Reactions with a clock that the test moves, and the steps of a planner and a writer."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.reactions = Reactions(self.clock)

    def respond(self, *events: int) -> None:
        self.reactions.received(events, self.clock.now())

    def plan(self, *changes: Change, events: tuple[int, ...] = (), everything: bool = False) -> None:
        self.reactions.begin_plan(events, everything=everything)
        self.reactions.queued([HOME, AWAY], changes)
        self.reactions.end_plan()

    def write(self, change: Change) -> None:
        self.reactions.sent(change)
        self.reactions.written(change)

    @property
    def seconds(self) -> tuple[int, float]:
        histogram = self.reactions.by_kind[Kind.RAISE]
        return histogram.cumulative()[-1], histogram.total


def test_a_reaction_lasts_from_the_response_to_the_write() -> None:
    it = Watched()
    it.respond(EVENT)
    it.clock.move(seconds=1)
    it.plan(raised(), events=(EVENT,))
    it.clock.move(seconds=2)
    it.write(raised())
    assert it.seconds == (1, 3)


def test_a_price_that_moves_again_while_it_waits_counts_from_the_first_response() -> None:
    it = Watched()
    for _ in range(3):
        it.respond(EVENT)
        it.plan(raised(), events=(EVENT,))
        it.clock.move(seconds=5)
    it.write(raised())
    assert it.seconds == (1, 15)


def test_of_two_responses_before_a_plan_the_first_one_counts() -> None:
    it = Watched()
    for _ in range(2):
        it.respond(EVENT)
        it.clock.move(seconds=2)
    it.plan(raised(), events=(EVENT,))
    it.write(raised())
    assert it.seconds == (1, 4)


def test_a_price_that_returns_before_the_write_is_no_reaction() -> None:
    it = Watched()
    it.respond(EVENT)
    it.plan(raised(), events=(EVENT,))
    it.clock.move(seconds=60)
    it.plan()
    it.plan(raised())
    it.write(raised())
    assert it.seconds == (0, 0)


def test_what_no_response_has_caused_is_no_reaction() -> None:
    it = Watched()
    it.respond(EVENT)
    it.plan(events=(EVENT,))
    it.clock.move(seconds=3600)
    it.plan(raised())  # as when the rule's time has come
    it.write(raised())
    assert it.seconds == (0, 0)


def test_a_failed_write_goes_on_until_it_is_taken() -> None:
    it = Watched()
    it.respond(EVENT)
    it.plan(raised(), events=(EVENT,))
    it.reactions.sent(raised())
    it.clock.move(seconds=30)
    it.reactions.failed(raised())
    it.plan(raised())
    it.write(raised())
    assert it.seconds == (1, 30)


def test_a_move_during_a_write_is_a_reaction_of_its_own() -> None:
    it = Watched()
    it.respond(EVENT)
    it.plan(raised(), events=(EVENT,))
    it.reactions.sent(raised())
    it.respond(EVENT)
    it.plan(raised(), events=(EVENT,))
    it.clock.move(seconds=1)
    it.reactions.written(raised())
    it.plan(raised())
    it.clock.move(seconds=1)
    it.write(raised())
    assert it.seconds == (2, 3)


def test_a_plan_that_failed_keeps_its_responses_for_the_next_one() -> None:
    it = Watched()
    it.respond(EVENT)
    it.reactions.begin_plan([EVENT], everything=False)
    it.clock.move(seconds=4)
    it.plan(raised(), everything=True)
    it.write(raised())
    assert it.seconds == (1, 4)


def test_a_response_during_a_plan_is_kept_for_the_next_one() -> None:
    it = Watched()
    it.respond(OTHER)
    it.reactions.begin_plan([OTHER], everything=False)
    it.respond(EVENT)
    it.reactions.queued([HOME], [])
    it.reactions.end_plan()
    it.clock.move(seconds=1)
    it.plan(raised(), events=(EVENT,))
    it.write(raised())
    assert it.seconds == (1, 1)
