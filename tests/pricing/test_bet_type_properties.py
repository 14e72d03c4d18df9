"""Rules that hold for every bet type that can be made of the tables."""

import re
import time
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.pricing.bet_types.reader import (
    PLACEHOLDERS,
    AmbiguousBetTypeError,
    BetTypeError,
    TooLongBetTypeError,
    read_bet_type,
)
from syncd.pricing.bet_types.shapes import NumberSlot, read_shape, split_row
from syncd.pricing.bet_types.spellings import (
    AMBIGUOUS,
    HALF_SPELLINGS,
    PERIOD_SPELLINGS,
    SHAPES,
    TERMS,
)
from syncd.pricing.grammar import parse_selection


def line_to_add(name: str) -> str | None:
    try:
        read_bet_type(name, {})
    except BetTypeError as error:
        return error.line
    return None


def words_of_the_tables() -> list[str]:
    """Every word of the tables, and numbers that are lines or similar."""
    texts = [
        *TERMS.values(),
        *SHAPES.values(),
        *PERIOD_SPELLINGS.values(),
        *HALF_SPELLINGS.values(),
        *AMBIGUOUS.values(),
    ]
    numbers = "0 00 0.0 +0 -0 1 2 1. 2. 1st 2nd 2.5 -0.5 0.3 10000 2² ½ 2-1 0/-0.5 2.5/3 ( ) & : - /"
    words = {word for text in texts for word in re.sub(r"[<>{}|\[\]]", " ", text).split()}
    return sorted(words | set(numbers.split()))


names = st.text(st.characters()) | st.lists(st.sampled_from(words_of_the_tables()), max_size=6).map(" ".join)


@given(names)
def test_any_text_is_read_or_refused(name: str):
    with suppress(BetTypeError):
        read_bet_type(name, {})


@given(names)
def test_any_text_in_the_users_table_is_read_or_refused(text: str):
    with suppress(BetTypeError):
        read_bet_type("Home", {"Home": text})


WORDS = (
    "1",
    "2",
    "X",
    "12",
    "home",
    "over",
    "under",
    "o",
    "it",
    "ht",
    "2.5",
    "-0.5",
    "+1",
    "ah",
    "dnb",
    "/",
    "-",
)


@given(st.lists(st.sampled_from(WORDS), max_size=5))
def test_made_up_names_keep_their_numbers_and_sides_or_are_refused(words: list[str]):
    try:
        reading = str(read_bet_type(" ".join(words), {}))
    except BetTypeError:
        return
    assert all(number in reading for number in words if "." in number)
    assert ("under" in words) <= ("under" in reading)


NUMBERS = {
    "line": ["0.5", "1", "1.5", "2", "2.5", "3", "2.25"],
    "hdp": ["-0.5", "+0.25", "0", "-1"],
    "half": ["-0.5", "+1.25"],
    "signed": ["-0.5", "+1", "0"],
    "signed half": ["-0.5", "+1.25"],
    "score": ["2-1", "0:0", "10-2"],
}
HALF_WORDS = [word for words in HALF_SPELLINGS.values() for word in split_row(words)]


@st.composite
def spelled(draw: st.DrawFn) -> tuple[str, str]:
    """A spelling of the table without a period, and the selection of its row."""
    row = draw(st.sampled_from(sorted(row for row in SHAPES if " period " not in row)))
    shape = draw(st.sampled_from(split_row(SHAPES[row])))
    for place, words in PLACEHOLDERS.items():
        word = draw(st.sampled_from(words))
        row, shape = row.replace(place, word), shape.replace(place, word)
    tokens, number = [], ""
    for part in read_shape(shape):
        if isinstance(part, NumberSlot):
            number = draw(st.sampled_from(NUMBERS[part.kind]))
            tokens.append(number)
        elif not part.optional or draw(st.booleans()):
            tokens += draw(st.sampled_from(sorted(part.spellings)))
    return " ".join(tokens), re.sub(r"\{.*\}", number, row)


@given(spelled())
def test_every_spelling_of_the_table_reads_as_its_own_row_or_is_ambiguous(spelling: tuple[str, str]):
    name, selection = spelling
    try:
        reading = read_bet_type(name, {})
    except AmbiguousBetTypeError:
        return
    assert reading == parse_selection(selection)


@given(
    spelled(),
    st.sampled_from(
        [(each, words) for each in PERIOD_SPELLINGS for words in split_row(PERIOD_SPELLINGS[each])]
    ),
)
def test_a_period_before_or_after_changes_nothing_but_the_period(spelling, period):
    (name, selection), (number, words) = spelling, period
    for written in (f"{name} {words}", f"{words} {name}"):
        try:
            reading = read_bet_type(written, {})
        except BetTypeError:
            continue
        assert reading == parse_selection(f"{selection} period {number}")


@given(spelled(), st.sampled_from(HALF_WORDS), st.sampled_from("12"))
def test_a_half_is_read_alike_with_its_number_before_or_after(spelling, half: str, number: str):
    name, selection = spelling
    beside = (
        f"{number}. {half}",
        f"{number} {half}",
        f"{number}{half}",
        f"{half} {number}",
        f"{half}{number}",
    )
    for period in beside:
        for written in (f"{name} {period}", f"{period} {name}", f"{period}: {name}", f"{name} ({period})"):
            try:
                reading = read_bet_type(written, {})
            except BetTypeError:
                continue
            assert reading == parse_selection(f"{selection} period {number}"), written


@given(spelled(), st.sampled_from(HALF_WORDS), st.sampled_from("12"))
def test_a_bet_is_never_completed_by_the_number_of_a_half(spelling, half: str, number: str):
    name, _ = spelling
    cut_short = " ".join(name.split()[:-1])
    with suppress(BetTypeError):
        whole = read_bet_type(f"{cut_short} {number}. {half}", {})
        assert msgspec.structs.replace(whole, period=0) == read_bet_type(cut_short, {})


@given(spelled(), st.sampled_from(["q1", "corners", "fh", "2", "-1.5", "&", "x", "et", "h2", "xyz"]))
def test_a_suggested_line_keeps_every_number_and_word(spelling, more: str):
    name = f"{spelling[0]} {more}"
    line = line_to_add(name)
    assert line is None or "<such as" in line


@pytest.mark.parametrize(
    "unit",
    [
        "1 ",
        "half ",
        "2. HZ ",
        "1st half 2 ",
        "over ",
        "-",
        "x",
        "1x2 ",
        "\ufdfa",
        "(",
        "1h-",
        "0.5/1 ",
        "a\u0301",
    ],
)
@pytest.mark.parametrize("length", [60, 119, 120, 121, 8000, 1_000_000])
def test_a_name_of_any_length_is_read_or_refused_at_once(unit, length):
    name = (unit * length)[:length]
    began = time.perf_counter()
    with suppress(BetTypeError):
        read_bet_type(name, {})
    assert time.perf_counter() - began < 1


def test_a_name_that_is_too_long_is_refused_in_a_short_message():
    with pytest.raises(TooLongBetTypeError) as caught:
        read_bet_type("Over 2.5 " * 1000, {})
    assert len(str(caught.value)) < 250
    assert read_bet_type("Over 2.5 " * 1000, {"Over 2.5 " * 1000: "total 2.5 over"})
