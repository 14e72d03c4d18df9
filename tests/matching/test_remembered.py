"""Candidates of the last decision are used again, but never one whose circumstances have changed."""

from datetime import timedelta

import pytest

from syncd.matching.lesson import Lesson
from syncd.matching.linker import Linker
from syncd.matching.scoring import Scorer
from tests.matching.games import NOW, SATURDAY, decided, fixture, linker, match

LEAGUE = "Atlantis - First League"
TEAMS = [(f"Home{n}by", f"Away{n}by") for n in "abcdefgh"]
MOVED = SATURDAY + timedelta(hours=1)


def event(number, home, away, at=SATURDAY, league=LEAGUE):
    return fixture(number, home, away, league=league, at=at)


def game(number, home, away, at=SATURDAY):
    return match(number, home, away, country="Atlantis", tournament="First League", at=at)


def made() -> Linker:
    events = [event(n, *teams) for n, teams in enumerate(TEAMS)]
    games = [game(n + 100, *teams) for n, teams in enumerate(TEAMS)]
    found = linker(events, games)
    decided(found)
    return found


def scored_in_first_pass(linker: Linker, monkeypatch) -> set[int]:
    """Return the events of which a candidate is scored before the list has taught itself."""
    scored, original = set(), Scorer.candidate

    def candidate(self, event, match, *, existing=False):
        if not existing and not self._collective._knows_kickoffs:
            scored.add(event.id)
        return original(self, event, match, existing=existing)

    monkeypatch.setattr(Scorer, "candidate", candidate)
    decided(linker)
    return scored


def lesson(event_id):
    return Lesson(
        kind="team", scope="atlantis/first team", name="homeaby", target_id=9, event_id=event_id,
        confirmed=False, learnt_at=NOW,
    )  # fmt: skip


def test_a_moved_event_is_scored_alone(monkeypatch):
    found = made()
    found.put_fixtures([event(3, *TEAMS[3], at=MOVED)])
    assert scored_in_first_pass(found, monkeypatch) == {3}


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.learn([lesson(77)]),
        lambda found: found.put_fixtures([event(50, "Nadir", "Zenith")]),
        lambda found: found.drop_matches([107]),
        lambda found: found.put_fixtures([event(0, *TEAMS[0], at=SATURDAY - timedelta(hours=1))]),
        lambda found: found.put_fixtures([event(5, *TEAMS[5], league="Atlantis - Reserve League")]),
    ],
)
def test_all_are_scored_when_anything_that_they_share_has_changed(change, monkeypatch):
    found = made()
    change(found)
    assert scored_in_first_pass(found, monkeypatch) >= {1, 2, 3, 4}


def test_lessons_that_are_taken_back_are_noticed(monkeypatch):
    found = made()
    found.learn([lesson(77)])
    decided(found)
    found.forget([77])
    assert 1 in scored_in_first_pass(found, monkeypatch)
