"""Links are judged by the results of their games, and memory follows the verdicts."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from msgspec.structs import replace

from syncd.linking import decisions
from syncd.linking.decisions import DecisionError
from syncd.matching.results import Because, VerdictKind
from syncd.model.feed import Gone
from syncd.model.link import LinkState
from syncd.model.pinnacle import Settlement
from syncd.store import events, lessons, retention, verifications
from tests.linking.bench import Bench, bench, carried
from tests.linking.test_lessons_taken_back import GAMES, NEXT, WRONG
from tests.matching.games import NOW, SATURDAY, fixture, match

WEEK = timedelta(days=7)
OFF = timedelta(minutes=10)
"""Not at the same minute: two games in each other's place twice would be evidence of its own."""
HOUR = timedelta(hours=1)

ARSENAL, ARSENAL_THERE = fixture(1, "Arsenal", "Chelsea"), match(10, "Arsenal", "Chelsea")
LEEDS, LEEDS_THERE = fixture(2, "Leeds", "Everton"), match(20, "Leeds", "Everton")


@pytest.fixture
async def made(store_url: str) -> AsyncIterator[Bench]:
    async with bench(store_url) as made:
        yield made


def at(made: Bench, moment) -> None:
    made.store.clock.at = moment


async def settle(made: Bench, fixture, score, *, status=1, number=1, when=SATURDAY + 2 * HOUR) -> None:
    """Pinnacle settles the game, and lists it no longer."""
    home, away = score or (None, None)
    async with made.store.write() as conn:
        settlement = Settlement(
            id=number,
            event_id=fixture.event.id,
            period=0,
            status=status,
            settled_at=when,
            team1_score=home,
            team2_score=away,
        )
        await events.save_settlements(conn, [settlement])
    await made.pinnacle(fixture, gone=Gone.SETTLED)


def over(match, score):
    home, away = score or (None, None)
    return replace(match, finished=True, home_score=home, away_score=away)


async def compared(made: Bench, *matches, when=SATURDAY + 3 * HOUR) -> dict[int, Because]:
    """BetTune's list is read, and results are compared; then both again an hour and a half later."""
    for moment in (when, when + 1.5 * HOUR):
        at(made, moment)
        await made.bettune(*matches, now=moment)
        made.signals.invalidate(results=True)
        await made.decided()
    return await verdicts(made)


async def verdicts(made: Bench) -> dict[int, Because]:
    async with made.store.read() as conn:
        found = await verifications.load_since(conn, NOW - WEEK)
    return {event_id: each.verdict.because for event_id, each in found.items()}


async def proven(made: Bench) -> dict[tuple[int, str], float]:
    async with made.store.read() as conn:
        known = await lessons.load_all(conn)
    return {(each.event_id, each.kind): each.proven for each in known}


def firing(made: Bench) -> list[str]:
    return [each.subject for each in made.alerts.firing]


@pytest.fixture
async def played(made: Bench) -> Bench:
    """Two right links whose games are over."""
    await made.bettune(ARSENAL_THERE, LEEDS_THERE)
    await made.pinnacle(ARSENAL, LEEDS)
    assert carried(await made.decided()) == {1: 10, 2: 20}
    at(made, SATURDAY + 2 * HOUR)
    return made


async def test_results_that_agree_prove_what_the_links_taught(played: Bench):
    await settle(played, ARSENAL, (2, 1))
    await settle(played, LEEDS, (5, 3))
    assert carried(await played.decided()) == {}
    found = await compared(played, over(ARSENAL_THERE, (2, 1)), over(LEEDS_THERE, (5, 3)))
    assert found == {1: Because.SAME_SCORE, 2: Because.SAME_SCORE}
    weights = await proven(played)
    assert 2 < weights[1, "team"] < 3
    assert weights[2, "team"] == weights[2, "league"] == 6
    assert firing(played) == []
    async with played.store.read() as conn:
        assert (await verifications.count(conn))[VerdictKind.AGREED] == 2


async def test_a_difference_counts_after_both_lists_had_time_to_be_corrected(played: Bench):
    await settle(played, ARSENAL, (2, 1))
    at(played, SATURDAY + 3 * HOUR)
    await played.bettune(over(ARSENAL_THERE, (0, 4)), LEEDS_THERE, now=SATURDAY + 3 * HOUR)
    played.signals.invalidate(results=True)
    await played.decided()
    assert (await verdicts(played))[1] is Because.MAY_BE_CORRECTED
    assert firing(played) == []
    # BetTune has not been read since: however late it is, that is no second reading.
    at(played, SATURDAY + 20 * HOUR)
    played.signals.invalidate(results=True)
    await played.decided()
    assert (await verdicts(played))[1] is Because.MAY_BE_CORRECTED
    await played.bettune(over(ARSENAL_THERE, (2, 1)), LEEDS_THERE, now=SATURDAY + 20 * HOUR)
    played.signals.invalidate(results=True)
    await played.decided()
    assert (await verdicts(played))[1] is Because.SAME_SCORE


async def test_results_that_differ_fire_one_alert_with_all_that_a_user_needs(played: Bench):
    await settle(played, ARSENAL, (2, 1))
    found = await compared(played, over(ARSENAL_THERE, (0, 4)), LEEDS_THERE)
    assert found[1] is Because.OTHER_SCORE
    [alert] = [each for each in played.alerts.firing if each.subject == "result.1"]
    assert alert.notify
    for part in (
        "Arsenal v Chelsea (event 1) ended 2-1 at Pinnacle",
        "Arsenal v Chelsea (match 10), ended 0-4 at BetTune",
        "syncd reject 1 10",
        "syncd link 1 10",
    ):
        assert part in alert.message
    fired = alert.fired_at
    await compared(played, over(ARSENAL_THERE, (0, 4)), LEEDS_THERE, when=SATURDAY + 9 * HOUR)
    assert [each.fired_at for each in played.alerts.firing] == [fired]


async def test_a_correction_is_judged_again_and_gives_everything_back(played: Bench):
    await settle(played, ARSENAL, (2, 1))
    await compared(played, over(ARSENAL_THERE, (0, 4)), LEEDS_THERE)
    assert {kind for _, kind in await proven(played)} == {"refuted", "team", "league"}
    await settle(played, ARSENAL, (0, 4), status=2, number=2, when=SATURDAY + 6 * HOUR)
    found = await compared(played, over(ARSENAL_THERE, (0, 4)), LEEDS_THERE, when=SATURDAY + 7 * HOUR)
    assert found[1] is Because.SAME_SCORE
    assert firing(played) == []
    weights = await proven(played)
    assert (1, "refuted") not in weights
    assert weights[1, "team"] > 4


async def test_a_game_that_agreed_and_is_settled_again_is_judged_again(played: Bench):
    await settle(played, ARSENAL, (2, 1))
    await compared(played, over(ARSENAL_THERE, (2, 1)), LEEDS_THERE)
    await settle(played, ARSENAL, None, status=4, number=2, when=SATURDAY + 6 * HOUR)
    found = await compared(played, over(ARSENAL_THERE, (2, 1)), LEEDS_THERE, when=SATURDAY + 7 * HOUR)
    assert found[1] is Because.CANCELLED
    assert (await proven(played))[1, "team"] == 0
    assert firing(played) == []


async def test_a_restart_at_any_moment_loses_nothing(played: Bench):
    await played.restart()
    await settle(played, ARSENAL, (2, 1))
    await played.restart()
    assert carried(await played.decided()) == {2: 20}
    await played.restart()
    await played.bettune(over(ARSENAL_THERE, (0, 4)), LEEDS_THERE, now=SATURDAY + 3 * HOUR)
    at(played, SATURDAY + 3 * HOUR)
    await played.restart()
    await played.decided()
    assert (await verdicts(played))[1] is Because.MAY_BE_CORRECTED
    await played.bettune(over(ARSENAL_THERE, (0, 4)), LEEDS_THERE, now=SATURDAY + 5 * HOUR)
    at(played, SATURDAY + 5 * HOUR)
    await played.restart()
    await played.decided()
    assert (await verdicts(played))[1] is Because.OTHER_SCORE
    played.alerts.resolve("result.1")
    await played.restart()
    await played.decided()
    assert firing(played) == ["result.1"]


# --- what rests on a wrong link --------------------------------------------------------------------


@pytest.fixture
async def misled(made: Bench) -> Bench:
    """A user linked 1 to 10 by mistake; its lessons linked 2 and 3, whose games are ahead."""
    await made.bettune(*GAMES)
    await made.pinnacle(WRONG, *NEXT)
    await made.after(decisions.link(made.store, 1, 10))
    assert carried(await made.decided()) == {1: 10, 2: 20, 3: 30}
    at(made, SATURDAY + 2 * HOUR)
    await settle(made, WRONG, (2, 1))
    return made


async def test_what_rests_on_a_link_by_hand_that_differs_waits_for_review(misled: Bench):
    found = await compared(misled, over(GAMES[0], (0, 2)), *GAMES[1:])
    assert found == {1: Because.OTHER_SCORE}
    links = await misled.decided()
    assert {event: link.state for event, link in links.items() if event > 1} == {
        2: LinkState.REVIEW,
        3: LinkState.REVIEW,
    }
    assert "result.1" in firing(misled)
    assert {kind for _, kind in await proven(misled)} <= {"refuted", "hint"}, "nothing of it teaches any more"


async def test_a_verdict_on_a_link_by_hand_outlives_a_restart(misled: Bench):
    """Its row stays, so that the linker gives it up again at each start."""
    await compared(misled, over(GAMES[0], (0, 2)), *GAMES[1:])
    misled.alerts.resolve("result.1")
    await misled.restart()
    await misled.decided()
    assert (await verdicts(misled))[1] is Because.OTHER_SCORE
    assert "result.1" in firing(misled)


async def test_what_a_game_that_is_over_learnt_from_a_wrong_link_goes_with_it(misled: Bench):
    for each in NEXT:
        await settle(misled, each, None, status=3)
    await misled.decided()
    assert await misled.teachers() == {1, 2, 3}
    found = await compared(misled, over(GAMES[0], (0, 2)), *GAMES[1:])
    assert found == {1: Because.OTHER_SCORE, 2: Because.CANCELLED, 3: Because.CANCELLED}
    assert await misled.teachers() == {1}


async def test_what_rests_on_a_link_that_agrees_stays(misled: Bench):
    found = await compared(misled, over(GAMES[0], (2, 1)), *GAMES[1:])
    assert found == {1: Because.SAME_SCORE}
    assert {1: 10, 2: 20, 3: 30}.items() >= carried(await misled.decided()).items() >= {2: 20, 3: 30}.items()


async def test_a_user_who_agrees_resolves_the_alert_and_the_names_stay_refuted(misled: Bench):
    matches = (over(GAMES[0], (0, 2)), *GAMES[1:])
    await compared(misled, *matches)
    sentences = await misled.after(decisions.reject(misled.store, 1, 10))
    assert sentences[0].startswith("Rejected: Al-Zorar v Al-Riyadh")
    assert (1, "refuted") in await proven(misled)
    await compared(misled, *matches, when=SATURDAY + 6 * HOUR)
    assert "result.1" not in firing(misled)
    assert carried(await misled.decided()).keys().isdisjoint({2, 3})
    await misled.restart()
    assert carried(await misled.decided()).keys().isdisjoint({2, 3})


async def test_a_link_that_a_user_ends_after_the_game_is_not_taught_again(played: Bench):
    await settle(played, ARSENAL, (2, 1))
    await compared(played, over(ARSENAL_THERE, (0, 4)), LEEDS_THERE)
    assert "result.1" in firing(played)
    await played.after(decisions.unlink(played.store, 1))
    await settle(played, ARSENAL, (0, 4), status=2, number=2, when=SATURDAY + 6 * HOUR)
    found = await compared(played, over(ARSENAL_THERE, (0, 4)), LEEDS_THERE, when=SATURDAY + 7 * HOUR)
    assert found[1] is Because.SAME_SCORE
    assert firing(played) == []
    assert (1, "team") not in await proven(played)


async def test_a_user_who_knows_better_gets_everything_back(misled: Bench):
    matches = (over(GAMES[0], (0, 2)), *GAMES[1:])
    await compared(misled, *matches)
    sentences = await misled.after(decisions.link(misled.store, 1, 10))
    assert sentences == [
        "Right after all: Al-Zorar v Al-Riyadh = Tabrin SC v Al Riyadh; what it taught counts again."
    ]
    found = await compared(misled, *matches, when=SATURDAY + 6 * HOUR)
    assert found[1] is Because.BY_USER
    assert firing(misled) == []
    assert carried(await misled.decided()).items() >= {2: 20, 3: 30}.items()


async def test_a_match_that_is_over_can_be_linked_only_if_its_results_differed(played: Bench):
    await settle(played, ARSENAL, (2, 1))
    await compared(played, over(ARSENAL_THERE, (2, 1)), LEEDS_THERE)
    with pytest.raises(DecisionError, match="is over"):
        await decisions.link(played.store, 1, 10)


async def test_a_link_made_and_over_while_no_daemon_runs_is_judged(made: Bench):
    await made.bettune(*GAMES)
    await made.pinnacle(WRONG)
    await made.decided()
    await decisions.link(made.store, 1, 10)
    at(made, SATURDAY + 2 * HOUR)
    await settle(made, WRONG, (2, 1))
    await made.restart()
    found = await compared(made, over(GAMES[0], (0, 2)), *GAMES[1:])
    assert found == {1: Because.OTHER_SCORE}
    assert "result.1" in firing(made)


# --- extra time ------------------------------------------------------------------------------------

CUP = "England - FA Cup"
CUP_GAMES = [
    ("Arsenal", "Chelsea"),
    ("Leeds", "Everton"),
    ("Fulham", "Burnley"),
    ("Watford", "Millwall"),
    ("Sunderland", "Portsmouth"),
    ("Southampton", "Brentford"),
    ("Middlesbrough", "Blackburn"),
]


def of_cup(number: int):
    names = CUP_GAMES[number - 1]
    return fixture(number, *names, league=CUP), match(10 * number, *names, tournament="FA Cup")


async def settle_extra_time(made: Bench, number: int, extra: tuple[int, int]) -> None:
    """Pinnacle settles period 3 of the live event."""
    live = fixture(1000 + number, "Live", "Event", league=CUP, parent_id=number, live_status=1)
    await made.pinnacle(live, gone=Gone.SETTLED)
    async with made.store.write() as conn:
        settlement = Settlement(
            id=1, event_id=live.event.id, period=3, status=1, team1_score=extra[0], team2_score=extra[1]
        )
        await events.save_settlements(conn, [settlement])


@pytest.mark.parametrize("with_extra_time", [True, False])
async def test_what_bettunes_scores_include_is_learnt_from_sure_games(made: Bench, with_extra_time: bool):
    cup = [of_cup(number) for number in range(1, 8)]
    await made.bettune(*(there for _, there in cup))
    await made.pinnacle(*(each for each, _ in cup))
    assert len(carried(await made.decided())) == 7
    at(made, SATURDAY + 2 * HOUR)
    shown = []
    for number, (each, there) in enumerate(cup[:6], 1):
        await settle(made, each, (1, 1))
        await settle_extra_time(made, number, (1, 0))
        shown.append(over(there, (2, 1) if with_extra_time else (1, 1)))
    expected = Because.SAME_WITH_EXTRA_TIME if with_extra_time else Because.SAME_SCORE
    found = await compared(made, *shown, cup[6][1])
    assert found == dict.fromkeys(range(1, 7), expected)
    # Of the last game Pinnacle names no extra time.
    await settle(made, cup[6][0], (1, 1))
    found = await compared(made, *shown, over(cup[6][1], (1, 2)), when=SATURDAY + 9 * HOUR)
    assert found[7] is (Because.EXTRA_TIME if with_extra_time else Because.OTHER_SCORE)


# --- how long it is kept ---------------------------------------------------------------------------


async def test_a_result_that_never_comes_is_given_up(played: Bench):
    await settle(played, ARSENAL, (2, 1))
    await played.decided()
    found = await compared(played, ARSENAL_THERE, LEEDS_THERE, when=SATURDAY + 80 * HOUR)
    assert found[1] is Because.EXPIRED
    assert firing(played) == []


async def test_what_is_judged_is_deleted_with_its_game(played: Bench):
    await settle(played, ARSENAL, (2, 1))
    await compared(played, over(ARSENAL_THERE, (2, 1)), LEEDS_THERE)
    assert (await retention.prune(played.store, SATURDAY - HOUR)).get("verifications") is None
    assert (await retention.prune(played.store, SATURDAY + HOUR))["verifications"] == 1
    assert (await proven(played))[1, "team"] > 2


async def test_a_link_that_ends_before_the_game_is_not_judged(played: Bench):
    at(played, SATURDAY - HOUR)
    await played.bettune(LEEDS_THERE)
    await played.decided()
    await played.pinnacle(LEEDS, gone=Gone.ABSENT)
    await played.decided()
    assert await verdicts(played) == {}


async def test_an_event_that_is_listed_and_linked_again_is_not_over(played: Bench):
    await played.pinnacle(ARSENAL, gone=Gone.IN_PLAY)
    await played.decided()
    assert await verdicts(played) == {1: Because.NOT_SETTLED}
    await played.pinnacle(ARSENAL)
    assert carried(await played.decided()) == {1: 10, 2: 20}
    assert await verdicts(played) == {}
