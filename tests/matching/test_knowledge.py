from syncd.matching.knowledge import shipped
from syncd.matching.text import plain

KNOWN = shipped()


def test_all_words_of_the_table_are_plain():
    words = [*KNOWN.forms, *KNOWN.common, *KNOWN.squads.women, *KNOWN.squads.reserve, *KNOWN.squads.youth]
    words += [
        *KNOWN.abbreviations,
        *KNOWN.places,
        *KNOWN.nations,
        *(name for row in KNOWN.clubs for name in row),
    ]
    assert [word for word in words if plain(word) != word] == []


def test_no_word_is_both_a_club_form_and_a_telling_word():
    assert KNOWN.forms.isdisjoint(KNOWN.common)
    assert KNOWN.forms.isdisjoint(KNOWN.squads.women - {"wfc", "lfc"})


def test_no_club_stands_in_two_rows():
    names = [name for row in KNOWN.clubs for name in row]
    assert len(names) == len(set(names))


def test_a_spelling_leads_to_one_nation():
    assert KNOWN.nations["holland"] == KNOWN.nations["ned"] == "netherlands"
    assert KNOWN.nations["cote d ivoire"] == "ivory coast"


def test_what_an_abbreviation_stands_for_is_written_out():
    chained = [
        full for words in KNOWN.abbreviations.values() for full in words if full in KNOWN.abbreviations
    ]
    assert chained == []
