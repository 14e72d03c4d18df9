"""Absurd lists, and lists made to be slow: more games of one name and minute than any country has."""

import random
import time
from datetime import timedelta
from itertools import combinations

import pytest

from syncd.matching import candidate_search, name_index
from tests.matching.games import SATURDAY, automatic, fixture, linked, match, summary

WORDS = (
    "Tarn",
    "Velmo",
    "Quist",
    "Ostrava",
    "Belun",
    "Rimsk",
    "Dorat",
    "Holm",
    "Pexa",
    "Zuri",
    "Kalto",
    "Fenn",
)


FEW = 12


@pytest.fixture(autouse=True)
def small_bounds(monkeypatch):
    """Crowds begin at a dozen, so that the tests need no thousand games."""
    monkeypatch.setattr(candidate_search, "MAX_MATCHES_PER_EVENT", FEW)
    monkeypatch.setattr(name_index, "MAX_NAMES_COMPARED", FEW)


def test_in_a_crowd_named_by_few_words_each_event_finds_its_match():
    names = list(map(" ".join, combinations(WORDS, 3)))
    random.Random(7).shuffle(names)
    games = list(zip(names[:50], names[50:100], strict=True))
    links = automatic(
        linked(
            [fixture(1 + at, *each) for at, each in enumerate(games)],
            [match(1001 + at, *each) for at, each in enumerate(games)],
        )
    )
    assert links == {1 + at: 1001 + at for at in range(len(games))}


def test_of_many_games_of_the_same_two_the_nearest_in_time_is_kept():
    apart = [timedelta(hours=2 * each) for each in range(3 * FEW, -1, -1)]
    games = [match(10 + at, "Tarn", "Velmo", at=SATURDAY + each) for at, each in enumerate(apart)]
    assert summary(linked([fixture(1, "Tarn", "Velmo")], games)) == {1: (10 + len(games) - 1, "review")}


def test_names_of_thousands_of_words_are_not_compared():
    long = [" ".join(f"{word}{at}" for at in range(3000)) for word in ("ab", "bc", "cd", "de")]
    started = time.process_time()
    assert linked([fixture(1, "Tarn", "Velmo")], [match(10, *long[:2]), match(11, *long[2:])]) == {}
    assert linked([fixture(1, *long[:2])], [match(10, *long[:2]), match(11, *long[2:])]) == {}
    assert time.process_time() - started < 1
