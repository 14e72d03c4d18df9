"""Decoders of the smaller endpoints."""

import pytest

from syncd.pinnacle.decode.reference_data import decode_translations

GOOD = '{"text": "Soccer", "cultures": [{"id": "de-DE", "text": "Fussball"}]}'


@pytest.mark.parametrize(
    "bad", ['{"text": "Corner", "cultures": null}', '{"cultures": []}', "7", '{"text": 1e999}']
)
def test_a_translation_that_cannot_be_read_costs_no_other(bad: str) -> None:
    found = decode_translations(f'{{"translations": [{bad}, {GOOD}]}}'.encode())
    assert [(each.text, each.cultures[0].text) for each in found] == [("Soccer", "Fussball")]
