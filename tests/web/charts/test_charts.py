"""Charts: whatever the values are, the picture is well-formed and stays inside its frame."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.store.activity import ActivityBucket
from syncd.views.activity import BUCKET
from syncd.web.charts.activity_chart import activity_chart, lag_chart
from syncd.web.charts.axes import MAX_TICKS, Scale, number_range, number_ticks, time_range, time_ticks
from syncd.web.charts.column_chart import column_chart
from syncd.web.charts.plot import BOTTOM, LEFT, LOW_WIDE, NARROW, RIGHT, TOP, WIDE, Size
from syncd.web.charts.price_chart import price_chart
from syncd.web.charts.values import Columns, Line, Mark, Point, Span

NOON = datetime(2026, 3, 28, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOSTILE = "<script>alert(1)</script>\u202e\x00 & \"'"

moments = st.datetimes(
    datetime(2026, 1, 1),
    datetime(2026, 12, 31),
    timezones=st.just(UTC),
)
values = st.none() | st.floats(1.001, 1_000) | st.just(float("nan")) | st.just(float("inf"))
points = st.lists(st.builds(Point, moments, values), max_size=20).map(
    lambda found: sorted(found, key=lambda p: p.at)
)
lines = st.lists(
    st.builds(Line, st.sampled_from(["Pinnacle's price", "Fair price", "Min Odds"]), points), max_size=3
)
marks = st.lists(
    st.builds(Mark, moments, st.sampled_from(["raise", "kickoff"]), st.text(max_size=8), values), max_size=5
)
spans = st.lists(
    st.builds(
        lambda start, long: Span(start, start + long * HOUR, "closed", "closed"), moments, st.integers(0, 99)
    ),
    max_size=3,
)


def drawn(svg: str) -> ET.Element:
    """Parse the picture, which proves that it is well-formed."""
    return ET.fromstring(svg)


def places(root: ET.Element) -> list[tuple[float, float]]:
    """Every place of lines, marks, spans and columns."""
    found: list[tuple[float, float]] = []
    for each in root.iter():
        kind = each.get("class", "").split(" ")[0]
        if kind == "line" and each.tag == "path":
            found += path_places(each.get("d", ""))
        elif kind in ("mark", "span", "column"):
            if each.tag == "path":
                found.append(path_places(each.attrib["d"])[0])
            elif each.tag == "line":
                found += [(float(each.attrib[f"x{n}"]), float(each.attrib[f"y{n}"])) for n in (1, 2)]
            else:
                x, y = float(each.attrib["x"]), float(each.attrib["y"])
                found += [(x, y), (x + float(each.attrib["width"]), y + float(each.attrib["height"]))]
    return found


def path_places(commands: str) -> list[tuple[float, float]]:
    x = y = 0.0
    found = []
    for letter, numbers in re.findall(r"([MLHV])([-\d. ]+)", commands):
        read = [float(each) for each in numbers.split()]
        x = read[0] if letter in "MLH" else x
        y = read[-1] if letter in "MLV" else y
        found.append((x, y))
    return found


def assert_inside(svg: str, size: Size) -> None:
    for x, y in places(drawn(svg)):
        assert LEFT <= x <= size.width - RIGHT + 1, (x, y)
        assert TOP <= y <= size.height - BOTTOM + 0.1, (x, y)
    assert not re.search(r"nan|inf\b|None", svg.partition("</desc>")[2])


sizes = st.sampled_from([WIDE, NARROW])


@given(lines, moments, marks, spans, sizes)
def test_every_point_lies_inside_the_plot(lines, until, marks, spans, size):
    svg = price_chart(lines, until=until, title="t", text="d", marks=marks, spans=spans, size=size)
    if svg is None:
        assert not any(p.value is not None and abs(p.value) < 1e9 for line in lines for p in line.points)
    else:
        assert_inside(svg, size)


@given(
    st.lists(st.tuples(st.integers(0, 9_999), st.integers(0, 9_999)), max_size=40),
    st.lists(values, max_size=40),
    sizes,
)
def test_every_column_lies_inside_the_plot(counts, lags, size):
    starts = [NOON + n * timedelta(minutes=5) for n in range(len(counts))]
    kinds = [("done", [a for a, _ in counts]), ("refused", [b for _, b in counts])]
    line = [Point(at, value) for at, value in zip(starts, lags, strict=False)]
    svg = column_chart(
        Columns("writes", starts, kinds),
        every=timedelta(minutes=5),
        title="t",
        text="d",
        line=line,
        line_name="lag",
        size=size,
    )
    if svg is None:
        assert not counts
    else:
        assert_inside(svg, size)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_of_numbers_are_few_in_order_and_on_the_axis(low, span):
    scale = Scale(low, low + span, 292, 34)
    ticks = number_ticks(scale)
    assert 1 <= len(ticks) <= 8
    assert len({tick.text for tick in ticks}) == len(ticks)
    assert all(34 <= tick.at <= 292 for tick in ticks)
    assert [tick.at for tick in ticks] == sorted((tick.at for tick in ticks), reverse=True)


@given(moments, st.integers(60, 400 * 24 * 3600))
def test_ticks_of_time_are_round_and_few(start, seconds):
    ticks = time_ticks(Scale(0, seconds, 0, 1_000), start)
    assert len(ticks) <= MAX_TICKS + 1
    assert all(0 <= tick.at <= 1_000 for tick in ticks)
    assert [tick.at for tick in ticks] == sorted({tick.at for tick in ticks})


@pytest.mark.parametrize(
    ("hours", "texts"),
    [
        (6, ["13:00", "14:00", "15:00", "16:00", "17:00", "18:00"]),
        (24, ["15:00", "18:00", "21:00", "29 Mar", "03:00", "06:00", "09:00", "12:00"]),
        (72, ["29 Mar", "12:00", "30 Mar", "12:00", "31 Mar", "12:00"]),
    ],
)
def test_ticks_of_time_are_at_whole_hours_and_name_the_day_at_midnight(hours, texts):
    start = NOON + timedelta(minutes=5)
    ticks = time_ticks(Scale(0, hours * 3600, 0, 1_000), start)
    assert [tick.text for tick in ticks] == texts


def test_a_line_steps_holds_its_last_value_and_has_gaps():
    line = Line(
        "Min Odds",
        [Point(NOON, Decimal(2)), Point(NOON + HOUR, None), Point(NOON + 2 * HOUR, 3.0)],
    )
    svg = price_chart([line], until=NOON + 4 * HOUR, title="t", text="d")
    assert svg is not None
    (path,) = list(drawn(svg).iter("path"))
    assert path.get("class") == "line min-odds"
    assert re.fullmatch(r"M48\.0 [\d.]+ H254\.5 M461\.0 [\d.]+ H874\.0", path.attrib["d"])


def test_names_are_escaped_and_cannot_end_an_element():
    line = Line("Min Odds", [Point(NOON, 2.0)])
    mark = Mark(NOON, "raise", HOSTILE, 2.0)
    svg = price_chart([line], until=NOON, title=HOSTILE, text=HOSTILE, marks=[mark])
    assert svg is not None
    root = drawn(svg)
    assert "script" not in {each.tag for each in root.iter()}
    assert "\u202e" not in svg
    assert svg.count("&lt;script&gt;") == 3
    assert not re.search(r"\sstyle=|\son\w+=", svg), "the page's policy forbids both"


def test_it_is_named_for_those_who_do_not_see_it():
    svg = price_chart([Line("Min Odds", [Point(NOON, 2.0)])], until=NOON, title="Price", text="one line")
    assert svg is not None
    root = drawn(svg)
    assert root.get("role") == "img"
    ids = (root.get("aria-labelledby") or "").split()
    assert [each.text for id_ in ids for each in root.iter() if each.get("id") == id_] == [
        "Price",
        "one line",
    ]


def test_ranges_are_never_empty():
    assert number_range([2.0])[0] < 2.0 < number_range([2.0])[1]
    assert number_range([]) == (-0.08, 1.08)
    start, end = time_range([NOON])
    assert end - start == timedelta(minutes=1)


def test_the_charts_of_the_last_hours_say_what_they_show():
    found = [
        ActivityBucket(start=NOON, done=3, failed=1, price_changes=7, lag_s=0.4),
        ActivityBucket(start=NOON + timedelta(minutes=5)),
        ActivityBucket(start=NOON + timedelta(minutes=10), done=2, lag_s=2.0),
    ]
    svg, lag = activity_chart(found, every=BUCKET), lag_chart(found, every=BUCKET)
    assert svg is not None
    assert lag is not None
    assert_inside(svg, LOW_WIDE)
    assert_inside(lag, LOW_WIDE)
    assert "5 writes done, 1 failed, 7 price changes of linked events." in svg
    assert "12:00: 3 done" in svg
    assert "From 0.4 to 2 s, in the middle 1.2 s." in lag
    assert "12:10: 2.0 s" in lag


def test_without_any_write_there_is_no_chart_of_the_lag():
    assert activity_chart([], every=BUCKET) is None
    assert lag_chart([], every=BUCKET) is None
    assert lag_chart([ActivityBucket(start=NOON)], every=BUCKET) is None
