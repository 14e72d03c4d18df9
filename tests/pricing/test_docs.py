"""The page on pricing says what the code does."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from syncd.pricing.bet_types import read_bet_type
from syncd.pricing.grammar import parse_selection
from syncd.pricing.margin import Method
from syncd.pricing.min_odds import Priced, Terms, price
from tests.pricing.boards import RESULT, board

PAGE = (Path(__file__).parents[2] / "docs" / "pricing.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[tuple[str, str]]:
    """The cells of the first two columns of the table with this heading."""
    table = PAGE.split(f"| {heading} |", 1)[1].split("\n\n", 1)[0]
    cells = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return [(first, second) for first, second, *_ in cells]


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize(("names", "selection"), rows("bet type | selection"))
def test_each_bet_type_of_the_page_is_read_as_it_says(names, selection):
    for name in quoted(names):
        assert [str(read_bet_type(name, {}))] == quoted(selection)


@pytest.mark.parametrize("example", [quoted(cell)[0] for cell, _ in rows("selection | what wins")])
def test_each_selection_of_the_page_is_one(example):
    assert str(parse_selection(example)) == example


@pytest.mark.parametrize(("rule", "odds"), rows("rule | Min Odds"))
def test_each_figure_of_the_page_comes_out(rule, odds):
    options = dict(re.findall(r'(\w+) = "?([\w.]+)', rule))
    terms = Terms(
        price=options["price"],
        method=Method(options.get("method", "shin")),
        factor=Decimal(options.get("factor", "1")),
        decimals=int(options.get("decimals", "3")),
        max_booksum=Decimal(options["max_booksum"]) if "max_booksum" in options else None,
    )
    found = price(parse_selection("moneyline home"), board(moneyline=RESULT), terms)
    assert odds.split(":")[0] == (str(found.odds) if isinstance(found, Priced) else "none")
