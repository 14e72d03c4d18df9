"""What is counted for the metrics."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from syncd.runtime.measures import NO_RESPONSE, Histogram, RequestCounts

SECONDS = st.floats(min_value=0, max_value=1e6)


@given(st.lists(SECONDS, min_size=1, unique=True).map(sorted), st.lists(SECONDS))
def test_a_histogram_counts_each_value_up_to_each_bound(bounds: Sequence[float], values: list[float]) -> None:
    histogram = Histogram(bounds)
    for value in values:
        histogram.observe(value)
    expected = [sum(value <= bound for value in values) for bound in bounds]
    assert histogram.cumulative() == (*expected, len(values))
    assert histogram.total == sum(values)


def test_requests_are_counted_by_api_and_status() -> None:
    requests = RequestCounts()
    pinnacle, bettune = requests.of("pinnacle"), requests.of("bettune")
    for count, code in ((pinnacle, "200"), (bettune, "200"), (bettune, "429"), (bettune, NO_RESPONSE)):
        count(code)
    pinnacle("200")
    assert requests.by_api_and_code == {
        ("pinnacle", "200"): 2,
        ("bettune", "200"): 1,
        ("bettune", "429"): 1,
        ("bettune", "none"): 1,
    }
