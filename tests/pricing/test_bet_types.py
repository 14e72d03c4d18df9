import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.pricing.bet_types.reader import (
    AmbiguousBetTypeError,
    BadOverrideError,
    BetTypeError,
    UnknownBetTypeError,
    read_bet_type,
)
from syncd.pricing.bet_types.spellings import (
    EXAMPLES,
)

NAMES = {
    "moneyline home": """
        Home | 1 | H | W1 | home win | 1X2: 1 | Odds 1 | Heimsieg | П1 | Gospodarze | MS 1 | Ev sahibi
        Tipp 1 | Tip 1 | Endstand 1 | Maç sonucu 1
    """,
    "moneyline draw": "Draw | X | 1X2 - X | Odds X | Unentschieden | Ничья | Х | Remis | Beraberlik | MS 0",
    "moneyline draw period 1": "Draw HT | HT X | İY X | İY 0 | IY 0 | İlk Yarı 0",
    "moneyline away": """
        Away | 2 | W2 | Match Odds: Away | Auswärtssieg | AUSWARTS | П2 | Goście | GOSC | Deplasman
    """,
    "moneyline home period 1": "Home HT | HT - 1 | 1 HT | 1H Home | 1X2 1st Half: Home | İY 1 | HZ 1",
    "moneyline away period 1": "Away HT | 1. HZ 2 | İlk Yarı Sonucu 2",
    "total 2.5 over": """
        Over 2.5 | O2.50 | O 2.5 | over2.5 | OVER (2,50) | Total Over 2.5 | TO(2.5) | Over 2.50 goals
        Odds O2.50 | 2.5 over | Over 2½ | Über 2,5 | Ü2.5 | ТБ 2.5 | ТБ(2.5) | Тотал больше 2,5
        Больше 2.5 | Powyżej 2.5 | 2.5 Üst | Üst 2,5 | Over 2.5 FT | More than 2.5
    """,
    "total 2.5 under": """
        Under 2.5 | U2.50 | TU(2.5) | Unter 2,5 | ТМ 2.5 | меньше 2.5 | Poniżej 2.5 | 2,5 Alt
        Total goals under 2.5 | Less than 2.5 goals
    """,
    "total 2.75 over": "Over 2.75 | Over 2.5/3 | Over 2.5, 3",
    "total 1.5 over period 1": """
        Over 1.5 HT | 1H Over 1.5 | HT: O1.5 | 1. Halbzeit Über 1,5 | 1-й тайм ТБ 1.5 | İY 1.5 Üst
        1Y 1.5 Üst | 1Т ТБ 1.5
    """,
    "total 0.5 under period 2": "2nd half under 0.5 | U 0.5 2H | 2. połowa poniżej 0,5 | 2Y 0.5 Alt",
    "double_chance 1X": """
        1X | 1x | 1 or X | DC 1X | Double Chance Home/Draw | 1Х | Doppelte Chance 1X | ÇŞ 1-X
        Podwójna szansa 1X
    """,
    "double_chance 12": "12 | Double Chance - 12 | Home or Away",
    "double_chance X2": "X2 | Draw or Away | DC X2 | Двойной шанс Х2",
    "draw_no_bet home": """
        DNB 1 | DNB1 | Draw No Bet Home | Home (DNB) | Ставка без ничьей 1 | Beraberlikte iade 1
    """,
    "spread -0.5 home": """
        AH1 -0.5 | AH1(-0.5) | Home -0.5 | Asian Handicap Home -0,5 | Ф1(-0.5) | AH -0.5 Home
        Handicap 1 (-0.5)
    """,
    "spread -1.5 home": "Handicap 1 (-1.5) | AH1 -1.5 | Heim -1,5",
    "spread +0.5 away": "AH2 +0.5 | AH2 0.5 | Away +0.5 | Фора 2 (+0.5) | Handicap Away +0.5",
    "spread -1 home": "AH1 -1 | Asian Handicap 1 (-1) | Ф1(-1)",
    "spread -0.25 home": "AH1 -0.25 | AH1 0/-0.5 | AH1 −0,25 | Home +0/-0.5 | Home -0/0.5 | Home -0.5/0",
    "spread 0 away": "AH2 0 | AH2(0) | Handicap 2 (0)",
    "team_total home 1.5 over": """
        IT1 O1.5 | IT1O(1.5) | Team Total Home Over 1.5 | TT1 O 1.5 | ИТБ1(1.5) | ИТ1Б 1.5
        Home over 1.5 goals
    """,
    "team_total away 0.5 under": "IT2 U0.5 | Away team total under 0.5 | ИТМ2(0.5)",
    "both_teams_to_score yes": """
        BTTS Yes | GG | Both teams to score: Yes | Beide Teams treffen - Ja | ОЗ да | KG Var
    """,
    "both_teams_to_score no": "BTTS No | NG | KG Yok | Обе забьют: нет",
    "both_teams_to_score yes period 1": """
        BTTS Yes HT | 1H BTTS Yes | Both teams to score in the first half: Yes | GG HT | İY KG Var
        Beide treffen in der 1. Halbzeit - Ja | Обе забьют в 1-м тайме: да
    """,
    "odd_even odd": "Odd | Odd/Even: Odd | Ungerade | нечет | Total goals odd | Nieparzyste | Tek/Çift: Tek",
    "odd_even even period 2": "Even 2H | 2nd half: Even | 2. Halbzeit gerade | Чёт 2-й тайм",
    "correct_score 2-1": """
        Correct score 2-1 | CS 2:1 | CS(2-1) | Correct Score - 2 - 1 | 2-1 CS | Genaues Ergebnis 2:1
        Точный счёт 2:1 | Счет 2-1 | Dokładny wynik 2:1 | Maç skoru 2-1 | Exact score: 2-1
    """,
    "correct_score 1-0 period 1": "HT correct score 1-0 | Correct score 1:0 HT | CS 1-0 1st half",
    "half_time_full_time home/draw": """
        HT/FT 1/X | HT/FT Home/Draw | HT-FT: 1 / X | Half time/full time home/draw | HTFT 1X | 1/X HT/FT
        Halbzeit/Endstand 1/X | Тайм/матч П1/Х | İY/MS 1/X | HT/FT Home - Draw
    """,
    "half_time_full_time away/home": "HT/FT 2/1 | HT/FT Away/Home | HT/FT 2-1 | iy/ms 2/1",
    "half_time_full_time draw/draw": "HT/FT X/X | Half-Time/Full-Time Draw/Draw",
    "double_chance X2 period 1": "X2 HT | DC X2 1st half | Double chance X2 - 1H | Doppelte Chance X2 HZ",
    "draw_no_bet home period 1": "DNB1 HT | HT DNB 1 | 1st half DNB home | Draw no bet home in the 1st half",
    "draw_no_bet away period 2": "DNB 2 2H | Away DNB 2nd half",
    "total 2.25 over": "Over 2.25 | O2,25 | Over 2/2.5 | Over 2.0, 2.5 | Asian total over 2.25 | ТБ 2.25",
    "total 0.75 under period 1": "Under 0.75 HT | U 0.5/1 1H | HT Under 0.75 goals",
    "spread +0.75 away": "AH2 +0.75 | AH2 +0.5/+1 | Asian handicap away +0.75 | Ф2(+0.75)",
    "team_total away 1.5 over": """
        Away goals over 1.5 | Over 1.5 away goals | Over 1.5 goals away team | Gast über 1,5 Tore
        Goście powyżej 1.5 gola | ИТ2 Б 1.5
    """,
    "team_total home 0.5 over period 1": """
        Home team over 0.5 goals HT | 1H IT1 O0.5 | Home goals over 0.5 1st half
    """,
}


def split(text: str) -> list[str]:
    return [each.strip() for each in re.split(r"[|\n]", text.strip())]


def refusal(name: str) -> BetTypeError | None:
    try:
        read_bet_type(name, {})
    except BetTypeError as error:
        return error
    return None


READINGS = [(name, selection) for selection, names in NAMES.items() for name in split(names)]


@pytest.mark.parametrize(("name", "selection"), READINGS)
def test_a_bet_type_is_read_as(name: str, selection: str):
    assert str(read_bet_type(name, {})) == selection


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("1/X", "half-time/full-time"),
        ("X/X", "as in HT/FT"),
        ("1-1", "a bare score"),
        ("2:1", "a bare score"),
        ("HT 2:1", "a bare score"),
        ("Correct score", "score is missing"),
        ("HT/FT", "side"),
        ("HT/FT 1", "side"),
        ("GG/NG", "side"),
        ("Handicap 1 (-1)", "European"),
        ("Home -1", "European"),
        ("EH1 -1", "three-way"),
        ("Handicap X (-1)", "three-way"),
        ("Home Over 1.5", "win and a total together"),
        ("Home 0.5", "sign"),
        ("AH -0.5", "side"),
        ("Total 2.5", "side"),
        ("BTTS", "side"),
        ("1X2", "side"),
        ("Over", "line"),
        ("H1 -0.5", "halves"),
        ("1H 2", "moneyline away period 1 or moneyline home period 2"),
        ("HZ 1 X", "double_chance 1X period 1 or moneyline draw period 1"),
    ],
)
def test_a_name_that_may_mean_two_bets_is_refused_with_the_reason(name: str, why: str):
    with pytest.raises(AmbiguousBetTypeError, match="refused") as caught:
        read_bet_type(name, {})
    assert why in caught.value.reason


@pytest.mark.parametrize(
    "name",
    split(
        """1-1-1 | CS 2-1-0 | CS 2.5-1 | HT/FT 1/X/2 | HT/FT 3/1 | 1X - 2 | 1 2 | Home & Over 2.5 | Over 2.5+
        Over -2.5 | Over ٢ | Corners Over 9.5 | Over 9.5 corners | AH1-0.5 | AH1 - 0.5
        Home to qualify | ( | ? | foo"""
    ),
)
def test_an_unknown_name_is_never_guessed(name: str):
    with pytest.raises(UnknownBetTypeError):
        read_bet_type(name, {})


@pytest.mark.parametrize(
    "name",
    split(
        """Over 0 | Under 0 | Over 0.0 | Over 00 | 2H Over 0 | Under 0 HT | IT1 O0 | Team Total Home Over 0
        Over 2.6 | Over 12345"""
    ),
)
def test_a_total_without_a_line_above_zero_is_refused_with_the_reason(name: str):
    with pytest.raises(AmbiguousBetTypeError, match="is refused: expected a line above 0"):
        read_bet_type(name, {})


@pytest.mark.parametrize(
    "name",
    split(
        """Unter 2. HZ | Under 2. HZ | Ueber 2. Halbzeit | Over 2. HZ | O2. HZ | Over 2HT | O2HT | Over 2 HT
        Ueber 1. HZ | Ueber 1. Halbzeit | Heim Tore ueber 1. Halbzeit | Over HT 2 | Over 2 (HT) | Over 2 - HT
        Sieg 2. HZ | 1X2 2. HZ | 1X2 HZ | 1 X 2 HZ | 1X2HZ | DNB 2. HZ | DNB 2. Halbzeit | DNB 2HT | DNB 1 HT
        DC 1 2. HZ | AH1 2. HZ | Ф1 1. HZ | Ф1 1 HZ | Halbzeit 2 | HZ 2 | 2HT | HT - 2 | HZ: 2 | X 1 HT
        2H 1 | 1. HZ 2. HZ | ТБ 1 тайм | Üst 1. yarı | powyżej 1. połowa | DC H2"""
    ),
)
def test_a_number_that_may_belong_to_the_half_is_no_line_and_no_side(name: str):
    with pytest.raises(BetTypeError):
        read_bet_type(name, {})


@pytest.mark.parametrize(
    ("name", "selection"),
    [
        ("HZ 1", "moneyline home period 1"),  # a first half alone is no bet
        ("1H 1", "moneyline home period 1"),
        ("2H 2", "moneyline away period 2"),
        ("2. Halbzeit 1", "moneyline home period 2"),
        ("1. HZ 2", "moneyline away period 1"),
        ("1. HZ X", "moneyline draw period 1"),
        ("W2 HT", "moneyline away period 1"),
        ("HT 1X", "double_chance 1X period 1"),
        ("X2 HT", "double_chance X2 period 1"),
        ("1X 1H", "double_chance 1X period 1"),
        ("DC 1X 2H", "double_chance 1X period 2"),
        ("O2 HT", "total 2 over period 1"),
        ("Over 2.0 HT", "total 2 over period 1"),
        ("Over 2 1. HZ", "total 2 over period 1"),
        ("HZ2 Über 0.5", "total 0.5 over period 2"),
        ("CS 0-1 HT", "correct_score 0-1 period 1"),
        ("HT Over 2", "total 2 over period 1"),
    ],
)
def test_a_number_that_clearly_belongs_to_the_bet_or_to_the_half_is_read(name: str, selection: str):
    assert str(read_bet_type(name, {})) == selection


@pytest.mark.parametrize(
    "name",
    split(
        "Home -0.5/+1 | Home +0.5/-1 | AH1 -1/+1.5 | AH1 1/-1.5 | Over 2² | 1² | Over ① | Over ２ | Over 2.5²"
    ),
)
def test_contradicting_signs_and_invalid_digits_are_unknown(name: str):
    with pytest.raises(UnknownBetTypeError):
        read_bet_type(name, {})


def test_an_unknown_name_has_a_suggestion_and_the_line_to_add():
    with pytest.raises(
        UnknownBetTypeError, match=r"'Ovr 3.5' is not known \(did you mean 'Over 3.5'"
    ) as caught:
        read_bet_type("Ovr 3.5", {})
    assert caught.value.suggestions[0] == "Over 3.5"
    assert tomllib.loads(caught.value.line) == {"Ovr 3.5": "total 3.5 over"}


@pytest.mark.parametrize(
    "name",
    split(
        """FH Over 0.5 | Over 1.5 2 | X & Over 2.5 | AH1 1/-1.5 | Over -2.5 | Over 2.5 Q1 | Corners Over 9.5
        Over ①.5 | Team Total Home Over 1. HZ | Team Total Hom Ovr 1. HZ | Ovr 1 | BTTS nope"""
    ),
)
def test_a_line_to_add_that_would_drop_a_part_of_the_name_is_not_suggested(name: str):
    with pytest.raises(BetTypeError) as caught:
        read_bet_type(name, {})
    assert list(tomllib.loads(caught.value.line).values()) == ["<such as: total 2.5 over>"]


@given(st.text())
def test_the_line_to_add_is_toml_for_every_name(name: str):
    error = refusal(name)
    assert error is None or list(tomllib.loads(error.line)) == [error.name]


def test_the_users_own_table_wins_despite_case_and_spaces():
    own = {"Home  win": "draw_no_bet home", "Foo": "total 2.5 over period 1"}
    assert str(read_bet_type("home Win ", own)) == "draw_no_bet home"
    assert str(read_bet_type("FOO", own)) == "total 2.5 over period 1"


def test_a_wrong_line_in_the_users_table_is_an_error():
    with pytest.raises(BadOverrideError, match="character 7"):
        read_bet_type("Home", {"Home": "total 2.6 over"})


@given(
    st.sampled_from(READINGS),
    st.sampled_from([str.upper, str.lower, str.title, "  {} ".format, "({})".format]),
)
def test_case_spaces_and_brackets_change_nothing(reading: tuple[str, str], written):
    name, selection = reading
    assert str(read_bet_type(written(name), {})) == selection


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_suggestion_is_itself_known(name: str):
    read_bet_type(name, {})
