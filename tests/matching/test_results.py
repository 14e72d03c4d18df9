"""What two results say of a link: every case of a table, and what holds for all of them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from syncd.matching.result_parameters import MAX_RESULT_WEIGHT
from syncd.matching.results import (
    REASONS,
    Because,
    BetTuneResult,
    FinishedLink,
    PinnacleResult,
    Score,
    VerdictKind,
    is_lasting,
    score_weight,
    verify,
)
from syncd.matching.score_meaning import ScoreMeaning, learn_meaning, meaning_of
from syncd.model.link import LinkState

KICKOFF = datetime(2026, 3, 14, 15, tzinfo=UTC)
LINK = FinishedLink(
    event_id=1,
    match_id=2,
    kickoff=KICKOFF,
    state=LinkState.AUTO,
    confidence=0.9999,
    home="Ruch",
    away="Legia",
    league="Poland - Ekstraklasa",
    match_home="Ruch Chorzów",
    match_away="Legia Warszawa",
    tournament="Ekstraklasa",
    alike=True,
)
CUP = replace(LINK, cup=True)
UNLIKE = replace(LINK, alike=False)
UNLIKE_IN_A_CUP = replace(CUP, alike=False)


def score(text: str) -> Score:
    home, away = text.split("-")
    return Score(int(home), int(away))


def settled(text: str, *, extra: str = "", shootout: str = "", status: int = 1) -> PinnacleResult:
    return PinnacleResult(
        settlement_id=1,
        status=status,
        settled_at=KICKOFF + timedelta(hours=2),
        score=score(text) if text else None,
        extra_time=score(extra) if extra else None,
        shootout=score(shootout) if shootout else None,
    )


def shown(text: str, *, finished: bool = True, at: datetime = KICKOFF) -> BetTuneResult:
    return BetTuneResult(finished=finished, kickoff=at, score=score(text) if text else None)


AGREED, DIFFERS, NEITHER = VerdictKind.AGREED, VerdictKind.DIFFERS, VerdictKind.NOT_COMPARABLE
LEAGUE_TABLE = [
    # Pinnacle, BetTune, verdict and why where the names agree, and where they do not
    ("2-1", "2-1", Because.SAME_SCORE, Because.SAME_SCORE),
    ("0-0", "0-0", Because.SAME_SCORE, Because.SAME_SCORE),
    ("5-3", "0-1", Because.OTHER_SCORE, Because.OTHER_SCORE),
    ("2-1", "1-0", Because.OTHER_SCORE, Because.OTHER_SCORE),
    ("2-1", "1-2", Because.EXCHANGED_SCORE, Because.EXCHANGED_SCORE),
    ("1-1", "2-1", Because.EXTRA_TIME, Because.OTHER_SCORE),
    ("2-1", "3-1", Because.OTHER_SCORE, Because.OTHER_SCORE),
    ("0-2", "3-0", Because.AWARDED, Because.OTHER_SCORE),
    ("4-1", "0-3", Because.AWARDED, Because.OTHER_SCORE),
    ("1-1", "2-0", Because.AWARDED, Because.OTHER_SCORE),
    ("3-2", "0-2", Because.AWARDED, Because.OTHER_SCORE),
    ("0-1", "5-0", Because.AWARDED, Because.OTHER_SCORE),
    ("0-1", "4-0", Because.OTHER_SCORE, Because.OTHER_SCORE),
    ("0-1", "5-2", Because.OTHER_SCORE, Because.OTHER_SCORE),
    ("3-0", "0-3", Because.AWARDED, Because.EXCHANGED_SCORE),
    ("1-1", "30-1", Because.OTHER_SCORE, Because.OTHER_SCORE),
]
CUP_TABLE = [
    ("1-1", "2-1", Because.EXTRA_TIME, Because.EXTRA_TIME),
    ("1-1", "5-4", Because.EXTRA_TIME, Because.EXTRA_TIME),
    ("2-1", "3-1", Because.EXTRA_TIME, Because.OTHER_SCORE),
    ("2-1", "1-0", Because.OTHER_SCORE, Because.OTHER_SCORE),
    ("2-1", "2-0", Because.AWARDED, Because.OTHER_SCORE),
    ("0-0", "3-0", Because.EXTRA_TIME, Because.EXTRA_TIME),
]


@pytest.mark.parametrize(("pinnacle", "bettune", "alike", "unlike"), LEAGUE_TABLE)
def test_scores_of_a_league(pinnacle: str, bettune: str, alike: Because, unlike: Because):
    assert verify(LINK, settled(pinnacle), shown(bettune)).because is alike
    assert verify(UNLIKE, settled(pinnacle), shown(bettune)).because is unlike


@pytest.mark.parametrize(("pinnacle", "bettune", "alike", "unlike"), CUP_TABLE)
def test_scores_of_a_cup(pinnacle: str, bettune: str, alike: Because, unlike: Because):
    assert verify(CUP, settled(pinnacle), shown(bettune)).because is alike
    assert verify(UNLIKE_IN_A_CUP, settled(pinnacle), shown(bettune)).because is unlike


@pytest.mark.parametrize(
    ("pinnacle", "bettune", "because"),
    [
        (None, shown("1-0"), Because.NOT_SETTLED),
        (settled("1-0"), None, Because.NOT_FINISHED),
        (settled("1-0"), shown("", finished=False), Because.NOT_FINISHED),
        (settled("1-0"), shown("0-0", finished=False), Because.NOT_FINISHED),
        (settled("0-0", status=3), shown("1-0"), Because.CANCELLED),
        (settled("0-0", status=4), shown("1-0"), Because.CANCELLED),
        (settled("", status=5), None, Because.DELETED),
        (settled("1-0"), shown("2-2", at=KICKOFF + timedelta(days=1)), Because.MOVED),
        (settled("1-0"), shown(""), Because.NO_SCORE),
        (settled(""), shown("1-0"), Because.NO_SCORE),
        (replace(settled("1-0"), score=Score(-1, 0)), shown("1-0"), Because.NO_SCORE),
        (settled("2-2", status=2), shown("2-2"), Because.SAME_SCORE),
    ],
)
def test_games_without_two_scores(pinnacle, bettune, because: Because):
    assert verify(LINK, pinnacle, bettune).because is because


@pytest.mark.parametrize(
    ("bettune", "because"),
    [
        ("1-1", Because.SAME_SCORE),
        ("2-1", Because.SAME_WITH_EXTRA_TIME),
        ("3-1", Because.OTHER_SCORE),
        ("1-2", Because.OTHER_SCORE),
    ],
)
def test_extra_time_that_pinnacle_names_is_compared_exactly(bettune: str, because: Because):
    found = verify(UNLIKE_IN_A_CUP, settled("1-1", extra="1-0"), shown(bettune))
    assert found.because is because


def test_a_shootout_may_be_in_the_score_whether_pinnacle_names_it_or_not():
    level = settled("1-1", extra="1-1")
    assert verify(CUP, level, shown("6-5")).because is Because.EXTRA_TIME
    named = replace(level, shootout=Score(4, 3))
    assert verify(CUP, named, shown("6-5")).because is Because.SAME_WITH_EXTRA_TIME
    assert verify(CUP, named, shown("7-5")).kind is DIFFERS


def test_extra_time_explains_nothing_once_scores_are_known_to_be_of_90_minutes():
    found = verify(CUP, settled("1-1", extra="1-0"), shown("2-1"), ScoreMeaning.REGULAR_TIME)
    assert found.kind is DIFFERS
    assert verify(CUP, settled("1-1"), shown("1-1"), ScoreMeaning.REGULAR_TIME).kind is AGREED


def test_a_link_with_exchanged_sides_is_compared_with_exchanged_scores():
    swapped = replace(LINK, swapped=True)
    assert verify(swapped, settled("2-1"), shown("1-2")).kind is AGREED
    assert verify(swapped, settled("2-1"), shown("2-1")).because is Because.EXCHANGED_SCORE


SCORES = st.builds(Score, st.integers(0, 12), st.integers(0, 12))
LINKS = st.builds(
    lambda cup, alike, swapped: replace(LINK, cup=cup, alike=alike, swapped=swapped),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
RESULTS = st.builds(
    PinnacleResult,
    settlement_id=st.just(1),
    status=st.integers(1, 5),
    score=SCORES | st.none(),
    extra_time=SCORES | st.none(),
    shootout=SCORES | st.none(),
)
LISTED = st.builds(
    BetTuneResult,
    finished=st.booleans(),
    score=SCORES | st.none(),
    kickoff=st.timedeltas(timedelta(0), timedelta(days=2)).map(lambda late: KICKOFF + late),
)


@given(LINKS, SCORES, SCORES | st.none(), st.sampled_from(ScoreMeaning))
def test_equal_scores_always_agree(link: FinishedLink, result: Score, extra, meaning: ScoreMeaning):
    pinnacle = PinnacleResult(settlement_id=1, status=1, score=result, extra_time=extra)
    bettune = BetTuneResult(
        finished=True, kickoff=KICKOFF, score=result.exchanged if link.swapped else result
    )
    found = verify(link, pinnacle, bettune, meaning)
    assert found.kind is AGREED
    assert found.weight == score_weight(result) > 0


@given(LINKS, RESULTS | st.none(), LISTED | st.none(), st.sampled_from(ScoreMeaning))
def test_only_two_final_scores_that_are_not_equal_differ(link, pinnacle, bettune, meaning):
    found = verify(link, pinnacle, bettune, meaning)
    assert REASONS[found.because]
    assert (found.weight > 0) is (found.kind is AGREED)
    if found.kind is DIFFERS:
        assert pinnacle.status in (1, 2)
        assert bettune.finished
        assert pinnacle.score != (bettune.score.exchanged if link.swapped else bettune.score)


@given(RESULTS, LISTED)
def test_names_that_agree_never_make_a_link_look_worse(pinnacle, bettune):
    for link in (UNLIKE, UNLIKE_IN_A_CUP):
        if verify(link, pinnacle, bettune).kind is not DIFFERS:
            assert verify(replace(link, alike=True), pinnacle, bettune).kind is not DIFFERS


@given(SCORES)
def test_a_rarer_score_counts_more(result: Score):
    higher = result.plus(Score(2, 2))
    assert score_weight(higher) >= score_weight(result) > 0
    assert score_weight(result) <= MAX_RESULT_WEIGHT


def test_what_scores_count():
    weights = {text: round(score_weight(score(text)), 1) for text in ("1-1", "1-0", "0-0", "3-2", "5-3")}
    assert weights == {"1-1": 2.1, "1-0": 2.3, "0-0": 2.7, "3-2": 3.6, "5-3": 6.0}


def test_absurd_scores_are_no_error():
    assert score_weight(Score(10**9, 10**9)) == MAX_RESULT_WEIGHT


FIRST = KICKOFF + timedelta(hours=3)


@pytest.mark.parametrize(
    ("read_after", "now_after", "settled_after", "lasting"),
    [
        (timedelta(0), timedelta(hours=2), timedelta(0), False),  # BetTune was not read again
        (timedelta(hours=1), timedelta(hours=1), timedelta(0), True),
        (timedelta(hours=5), timedelta(hours=5), timedelta(hours=4, minutes=30), False),  # settled again
    ],
)
def test_a_difference_counts_once_both_sides_had_time_to_correct_it(
    read_after, now_after, settled_after, lasting
):
    pinnacle = replace(settled("1-0"), settled_at=FIRST + settled_after)
    bettune = replace(shown("0-1"), read_at=FIRST + read_after)
    assert is_lasting(FIRST, pinnacle, bettune, FIRST + now_after) is lasting


def test_what_a_score_includes_is_learnt_from_games_with_goals_in_extra_time():
    assert meaning_of((1, 1), None, (1, 1)) is ScoreMeaning.UNKNOWN
    assert meaning_of((1, 1), (0, 0), (1, 1)) is ScoreMeaning.UNKNOWN
    assert meaning_of((1, 1), (1, 0), (1, 1)) is ScoreMeaning.REGULAR_TIME
    assert meaning_of((1, 1), (1, 0), (2, 1)) is ScoreMeaning.EXTRA_TIME
    assert meaning_of((1, 1), (1, 0), (4, 4)) is ScoreMeaning.UNKNOWN


def test_few_games_or_one_exception_teach_nothing():
    regular = [ScoreMeaning.REGULAR_TIME] * 5
    assert learn_meaning(regular) is ScoreMeaning.REGULAR_TIME
    assert learn_meaning(regular[:4]) is ScoreMeaning.UNKNOWN
    assert learn_meaning([*regular * 9, ScoreMeaning.EXTRA_TIME]) is ScoreMeaning.UNKNOWN
