"""docs/pricing.md agrees with the code."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from syncd.model.pinnacle import Period
from syncd.pricing.bet_types.reader import read_bet_type
from syncd.pricing.grammar import parse_selection
from syncd.pricing.min_odds import Priced, Reference, Terms
from syncd.pricing.reference import boards_over_time
from tests.pricing.boards import RESULT, board, moneyline, price_from_history

PAGE = (Path(__file__).parents[2] / "docs" / "pricing.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[tuple[str, str]]:
    """The cells of the first two columns of the table with this heading."""
    table = PAGE.split(f"| {heading} |", 1)[1].split("\n\n", 1)[0]
    cells = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return [(first, second) for first, second, *_ in cells]


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize(("names", "selection"), rows("bet type | selection"))
def test_each_bet_type_of_the_page_is_read_as_written_there(names, selection):
    for name in quoted(names):
        assert [str(read_bet_type(name, {}))] == quoted(selection)


@pytest.mark.parametrize("example", [quoted(cell)[0] for cell, _ in rows("selection | what wins")])
def test_each_selection_of_the_page_is_one(example):
    assert str(parse_selection(example)) == example


MONDAY = datetime(2025, 11, 17, 14, 5, tzinfo=UTC)
HISTORY = boards_over_time(
    [
        (MONDAY, Period(number=0, moneyline=moneyline("2.10", "3.35", "3.80"))),
        (MONDAY + timedelta(days=2), Period(number=0, moneyline=moneyline("2.20", "3.35", "3.55"))),
        (MONDAY + timedelta(days=3), Period(number=0, moneyline=RESULT)),
    ]
)


@pytest.mark.parametrize(("rule", "odds"), rows("rule | Min Odds"))
def test_each_price_of_the_page_is_computed(rule, odds):
    options = dict(re.findall(r'(\w+) = "?([\w.]+)', rule))
    reference = Reference(options.pop("reference", "latest"))
    terms = msgspec.convert(options, Terms, strict=False)
    now = board(moneyline=RESULT, max_moneyline=Decimal(500))
    found = price_from_history(reference, parse_selection("moneyline home"), now, HISTORY, terms)
    assert odds.split(":")[0] == (str(found.odds) if isinstance(found, Priced) else "none")
