from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from syncd.bettune.window import Urgency
from syncd.model.bettune import Pair
from syncd.model.change import Cause, Change, Kind
from syncd.sync.queue import AT_RISK_EVERY, OLDEST_EVERY, READ_EVERY, OpenGates, Queue
from syncd.sync.reads import ReadRequest

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def change(match_id: int, kind: Kind = Kind.CREATE, after: str = "2.0", hours: int = 5) -> Change:
    return Change(
        kind=kind,
        pair=Pair(1, match_id),
        before=None,
        after=None if kind is Kind.DELETE else Decimal(after),
        cause=Cause.PRICED,
        kickoff=NOW + timedelta(hours=hours),
    )


def queue_of(*changes: Change) -> Queue:
    queue = Queue(read_chunk=100)
    queue.update([each.pair for each in changes], changes, NOW)
    return queue


def taken(queue: Queue) -> list[int]:
    order = []
    while work := queue.take():
        assert isinstance(work, Change)
        order.append(work.pair.match_id)
        queue.done(work)
    return order


def test_the_latest_value_of_a_pair_wins():
    queue = queue_of(change(1, after="2.0"))
    queue.update([Pair(1, 1)], [change(1, after="2.2")], NOW)
    work = queue.take()
    assert isinstance(work, Change)
    assert work.after == Decimal("2.2")
    assert queue.take() is None


def test_a_pair_that_no_longer_needs_anything_leaves_the_queue():
    queue = queue_of(change(1), change(2))
    queue.update([Pair(1, 1)], [], NOW)
    assert taken(queue) == [2]


def test_changes_are_taken_by_rank_and_then_by_kick_off():
    queue = queue_of(
        change(1, Kind.CREATE, hours=1),
        change(2, Kind.LOWER, hours=9),
        change(3, Kind.DELETE, hours=5),
        change(4, Kind.RAISE, hours=2),
    )
    assert taken(queue) == [4, 3, 2, 1]


def test_while_a_pair_is_on_its_way_nothing_waits_for_it():
    queue = queue_of(change(1, after="2.0"))
    first = queue.take()
    queue.update([Pair(1, 1)], [change(1, after="2.0")], NOW)
    assert queue.peek() is None
    assert not queue.idle
    assert first
    queue.done(first)
    assert queue.take() is None
    queue.update([Pair(1, 1)], [change(1, after="2.1")], NOW)
    second = queue.take()
    assert isinstance(second, Change)
    assert second.after == Decimal("2.1")


def test_what_waits_for_a_pair_that_is_being_read_is_planned_again_afterwards():
    queue = queue_of(change(1), change(2))
    queue.reads.add([Pair(1, 1)], Urgency.URGENT)
    assert isinstance(queue.take(), ReadRequest)
    assert taken(queue) == [2]


def test_one_in_some_is_the_change_that_has_waited_longest():
    queue = Queue(read_chunk=100)
    queue.update([Pair(1, 999)], [change(999, Kind.CREATE)], NOW - timedelta(hours=1))
    lowers = [change(match_id, Kind.LOWER) for match_id in range(2 * OLDEST_EVERY)]
    queue.update([each.pair for each in lowers], lowers, NOW)
    for _ in range(OLDEST_EVERY - 1):
        queue.done(queue.take())  # type: ignore[arg-type]
    first = queue.peek()
    assert first
    assert first.urgency is Urgency.URGENT
    assert taken(queue)[0] == 999


def test_while_money_is_at_risk_the_oldest_and_routine_reads_have_fewer_turns_but_some():
    queue = Queue(read_chunk=1)
    creations = [change(9000 + match_id, Kind.CREATE) for match_id in range(9)]
    queue.update([each.pair for each in creations], creations, NOW - timedelta(hours=1))
    queue.reads.add([Pair(2, match_id) for match_id in range(9)], Urgency.ROUTINE)
    raises = [change(match_id, Kind.RAISE) for match_id in range(3 * AT_RISK_EVERY)]
    queue.update([each.pair for each in raises], raises, NOW)
    others = []
    for number in range(2 * AT_RISK_EVERY):
        work = queue.take()
        assert work
        if isinstance(work, ReadRequest) or work.kind is Kind.CREATE:
            others.append(number + 1)
        queue.done(work)
    assert others == [AT_RISK_EVERY // 2, AT_RISK_EVERY, 3 * AT_RISK_EVERY // 2, 2 * AT_RISK_EVERY]


def test_nothing_at_risk_one_in_some_is_a_routine_read():
    queue = queue_of(*(change(match_id, Kind.LOWER) for match_id in range(2 * READ_EVERY)))
    queue.reads.add([Pair(2, 1)], Urgency.ROUTINE)
    work = [queue.take() for _ in range(READ_EVERY)]
    assert [isinstance(each, ReadRequest) for each in work] == [False] * (READ_EVERY - 1) + [True]


def test_creations_that_may_be_sent_go_before_reads_for_more_of_them():
    """A pair that is read and not written within minutes has to be read again: that could go on for ever."""
    queue = queue_of(change(1, Kind.CREATE))
    queue.reads.add([Pair(2, 1)], Urgency.CREATE)
    assert [type(queue.take()) for _ in range(2)] == [Change, ReadRequest]


def test_reads_of_one_filter_share_a_request():
    queue = Queue(read_chunk=2)
    queue.reads.add([Pair(7, 1), Pair(7, 2), Pair(7, 3), Pair(8, 1)], Urgency.CREATE)
    first, second, third = queue.take(), queue.take(), queue.take()
    assert first == ReadRequest(filter_id=7, match_ids=(1, 2), urgency=Urgency.CREATE)
    assert second == ReadRequest(filter_id=7, match_ids=(3,), urgency=Urgency.CREATE)
    assert third == ReadRequest(filter_id=8, match_ids=(1,), urgency=Urgency.CREATE)


def test_a_pair_added_twice_is_read_once_at_the_greater_urgency():
    queue = Queue(read_chunk=10)
    queue.reads.add([Pair(1, 1), Pair(1, 2)], Urgency.ROUTINE)
    queue.reads.add([Pair(1, 1)], Urgency.URGENT)
    queue.reads.add([Pair(1, 1)], Urgency.ROUTINE)
    assert queue.take() == ReadRequest(filter_id=1, match_ids=(1,), urgency=Urgency.URGENT)
    assert queue.take() == ReadRequest(filter_id=1, match_ids=(2,), urgency=Urgency.ROUTINE)


def test_routine_reads_wait_behind_every_change():
    queue = queue_of(change(1, Kind.CREATE))
    queue.reads.add([Pair(1, 2)], Urgency.ROUTINE)
    assert isinstance(queue.take(), Change)
    assert isinstance(queue.take(), ReadRequest)


def test_a_pair_on_its_way_is_not_read_meanwhile():
    queue = queue_of(change(1))
    work = queue.take()
    queue.reads.add([Pair(1, 1)], Urgency.URGENT)
    assert queue.take() is None
    queue.done(work)  # type: ignore[arg-type]
    assert isinstance(queue.take(), ReadRequest)


def test_it_is_idle_only_when_nothing_waits_and_nothing_is_on_its_way():
    queue = queue_of(change(1))
    assert not queue.idle
    work = queue.take()
    assert not queue.idle
    queue.done(work)  # type: ignore[arg-type]
    assert queue.idle


def test_the_order_follows_the_time():
    queue = queue_of(change(1, Kind.DELETE, hours=1), change(2, Kind.DELETE, hours=9))
    assert taken(queue) == [1, 2]
    queue = queue_of(change(1, Kind.DELETE, hours=1), change(2, Kind.DELETE, hours=9))
    queue.renew(NOW + timedelta(hours=1))
    assert taken(queue) == [2, 1]


def test_a_burst_is_sent_by_priority_alone():
    queue = queue_of(
        change(999, Kind.CREATE), *(change(each, Kind.RAISE) for each in range(2 * OLDEST_EVERY))
    )
    assert taken(queue)[-1] == 999


def test_a_change_that_was_put_off_waits_alone_and_comes_back():
    queue = queue_of(change(1, Kind.DELETE), change(2, Kind.LOWER))
    refused = queue.take()
    assert isinstance(refused, Change)
    queue.put_off(refused.pair, NOW + timedelta(seconds=2), Kind.DELETE)
    queue.done(refused)
    queue.update([refused.pair], [refused], NOW)
    assert taken(queue) == [2]
    assert queue.has_only_put_off
    assert not queue.idle
    assert queue.urgent_count == 1
    assert queue.resume(NOW + timedelta(seconds=1)) == NOW + timedelta(seconds=2)
    assert queue.peek() is None
    assert queue.resume(NOW + timedelta(seconds=2)) is None
    assert taken(queue) == [1]
    assert queue.urgent_count == 0


def put_off(queue: Queue, numbers: Iterable[int], hours: int) -> None:
    """Put deletes off by hours; the most urgent one may be sent after 30 s."""
    changes = [change(number, Kind.DELETE) for number in numbers]
    for each in changes:
        queue.put_off(each.pair, NOW + timedelta(hours=hours), Kind.DELETE, sooner=at(30))
    queue.update([each.pair for each in changes], changes, NOW)


def at(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_of_many_that_were_put_off_the_most_urgent_one_is_sent_earlier():
    queue = queue_of()
    put_off(queue, range(1, 10), hours=1)
    first, *_ = (each.pair.match_id for each in queue.changes())
    assert queue.resume(at(0)) == at(30)
    assert (queue.resume(at(29)), taken(queue)) == (at(30), [])
    assert queue.resume(at(30)) == at(40)
    assert taken(queue) == [first]
    sent = 0
    for second in range(31, 91):
        queue.resume(at(second))
        sent += len(taken(queue))
    assert sent == 6


def test_after_a_success_the_most_urgent_ones_are_sent_at_once():
    queue = queue_of()
    put_off(queue, range(1, 6), hours=1)
    first, second, *_ = (each.pair.match_id for each in queue.changes())
    queue.resume_most_urgent(2)
    assert taken(queue) == [first, second]


def test_what_was_put_off_is_of_one_kind():
    queue = queue_of(change(1, Kind.DELETE))
    refused = queue.take()
    assert refused
    queue.put_off(Pair(1, 1), NOW + timedelta(seconds=2), Kind.DELETE)
    queue.done(refused)
    queue.update([Pair(1, 1)], [change(1, Kind.RAISE)], NOW)
    assert taken(queue) == [1]


def test_a_probe_is_a_delete_or_raise_and_if_there_is_none_an_urgent_read():
    urgent = OpenGates(urgent_only=True)
    queue = queue_of(change(1, Kind.CREATE), change(2, Kind.LOWER))
    assert queue.peek(urgent) is None
    queue.reads.add([Pair(1, 3)], Urgency.ROUTINE)
    assert queue.peek(urgent) is None
    queue.reads.add([Pair(1, 4)], Urgency.URGENT)
    found = queue.peek(urgent)
    assert found
    assert isinstance(found.work, ReadRequest)
    queue.update([Pair(1, 5)], [change(5, Kind.RAISE)], NOW)
    assert queue.urgent_count == 2
    work = queue.take(urgent)
    assert isinstance(work, Change)
    assert work.pair.match_id == 5


def test_in_a_kick_off_storm_raises_elsewhere_do_not_wait():
    """40 matches with 5 filters kick off at once; then 24 prices rise, at 10 requests a second."""
    kicked_off = [change(match_id, Kind.DELETE, hours=0) for match_id in range(200)]
    raises = [change(1000 + match_id, Kind.RAISE, hours=2 + match_id % 9) for match_id in range(24)]
    queue = queue_of(*kicked_off)
    for _ in range(10):
        queue.done(queue.take())  # type: ignore[arg-type]
    queue.update([each.pair for each in raises], raises, NOW + timedelta(seconds=1))
    order = taken(queue)
    assert max(order.index(each.pair.match_id) for each in raises) / 10 < 3
    assert len(order) == 214


def test_deletes_of_what_is_over_leave_requests_for_a_raise():
    queue = queue_of(change(1, Kind.DELETE, hours=-1))
    assert queue.peek() == (change(1, Kind.DELETE, hours=-1), Urgency.ROUTINE)
    queue.update([Pair(1, 2)], [change(2, Kind.RAISE)], NOW)
    assert queue.peek() == (change(2, Kind.RAISE), Urgency.URGENT)
