"""The history of prices for a chart: few entries that draw the same line."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from syncd.model.pinnacle import Period
from syncd.store import periods, price_history, rows, schema
from syncd.store.engine import Store
from syncd.store.price_history import HistoryEntry, thinned
from tests.web.fixtures import HOUR, NOW, SECOND

entries = st.lists(st.tuples(st.integers(0, 90_000), st.integers(0, 1)), max_size=300).map(
    lambda found: [
        HistoryEntry(id_, number, NOW + second * SECOND)
        for id_, (second, number) in enumerate(sorted(found), start=1)
    ]
)


@given(entries, st.none() | st.integers(0, 90_000), st.integers(2, 60))
def test_what_is_chosen_begins_and_ends_the_line_and_is_not_much(found, since_s, most):
    since = None if since_s is None else NOW + since_s * SECOND
    chosen = thinned(found, since, most)
    assert chosen == sorted(set(chosen), key=lambda entry: (entry.at, entry.id))
    assert set(chosen) <= set(found)
    assert len(chosen) <= 2 * most + 6
    for number in (0, 1):
        of_number = [entry for entry in found if entry.number == number]
        if not of_number:
            continue
        assert of_number[-1] in chosen, "what is valid now"
        before = [entry for entry in of_number if since and entry.at < since]
        assert (before[-1] if before else of_number[0]) in chosen, "what was valid when the chart begins"


@given(entries)
def test_few_entries_are_all_chosen(found):
    assert thinned(found, None, 300) == found


async def test_entries_are_loaded_in_order_of_time_and_decoded_only_when_chosen(store: Store):
    text = periods.encode(Period(number=0))
    kept = [
        {"event_id": event_id, "number": number, "at": NOW + hours * HOUR, "period_json": text}
        for event_id, number, hours in [(1, 0, 3), (1, 0, 1), (1, 1, 2), (1, 2, 2), (2, 0, 1)]
    ]
    async with store.write() as conn:
        await rows.insert(conn, schema.price_history, kept)
    async with store.read() as conn:
        found = await price_history.load_entries(conn, 1, {0, 1})
        priced = await price_history.load_prices(conn, [entry.id for entry in found])
    assert [(entry.number, (entry.at - NOW) / timedelta(hours=1)) for entry in found] == [
        (0, 1),
        (1, 2),
        (0, 3),
    ]
    assert [each.id for each in priced] == [entry.id for entry in found]
