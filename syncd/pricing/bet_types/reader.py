"""Read a filter's bet type: by the user's own table first, then by the built-in one of `spellings`.

An unknown or ambiguous name is an error, and its filter is skipped: a misread bet type would put the price
of one bet on another.
"""

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from functools import cache, lru_cache
from itertools import product
from typing import Final

import msgspec

from syncd.model.decimals import format_signed
from syncd.model.pinnacle import MATCH_PERIOD
from syncd.pricing.bet_types.periods import PeriodReading, period_readings
from syncd.pricing.bet_types.shapes import (
    Shape,
    TokenisedName,
    Tokens,
    number_in,
    read_shape,
    split_row,
    tokenise,
    tokens_of,
)
from syncd.pricing.bet_types.spellings import AMBIGUOUS, EXAMPLES, SHAPES
from syncd.pricing.grammar import SelectionError, parse_line, parse_selection
from syncd.pricing.selection import RESULTS, Selection

EXAMPLE: Final = "<such as: total 2.5 over>"
"""A placeholder in messages, which is no valid selection itself, so that nobody copies it unchanged."""

PLACEHOLDERS: Final = {
    "SIDE": ("home", "away"),
    "OU": ("over", "under"),
    "FIRST": RESULTS,
    "SECOND": RESULTS,
}
"""Placeholders in the tables -> the words that they stand for."""

LONGEST_NAME: Final = 120
"""Characters; the longest known names have about 50."""

MOST_TOKENS: Final = 30

SHOWN_OF_LONG_NAME: Final = 40

_NUMBER_PLACE: Final = re.compile(r"\{.*\}")
"""The place of the number in a selection of `SHAPES`."""


class BetTypeError(ValueError):
    """A bet type cannot be priced: its `name`, the `reason`, and the `line` of `[bet_types]` to add."""

    def __init__(self, name: str, reason: str, line: str) -> None:
        super().__init__(name, reason, line)
        self.name = name
        self.reason = reason
        self.line = line

    def __str__(self) -> str:
        return f"bet type {self.name!r} {self.reason}; add its meaning to [bet_types]: {self.line}"


class UnknownBetTypeError(BetTypeError):
    """The name is not known; `suggestions` are similar names that are, the most similar first."""

    def __init__(self, name: str, suggestions: Mapping[str, Selection]) -> None:
        similar = " or ".join(map(repr, suggestions))
        reason = f"is not known (did you mean {similar}?)" if similar else "is not known"
        guess = str(next(iter(suggestions.values()))) if suggestions else EXAMPLE
        super().__init__(name, reason, override_line(name, guess))
        self.suggestions = tuple(suggestions)


class AmbiguousBetTypeError(BetTypeError):
    """The name may mean more than one bet, or means one that Pinnacle does not price."""

    def __init__(self, name: str, ambiguity: str) -> None:
        line = override_line(name, EXAMPLE)
        super().__init__(name, f"is refused: {ambiguity}", line)


class TooLongBetTypeError(BetTypeError):
    """The name is longer than any that names a bet; trying every reading of it would take seconds."""

    def __init__(self, name: str) -> None:
        shown = f"{name[:SHOWN_OF_LONG_NAME]}..."
        super().__init__(shown, "is too long for a bet type", override_line(shown, EXAMPLE))


class BadOverrideError(BetTypeError):
    """In the user's `[bet_types]` the meaning of this name is no selection."""

    def __init__(self, name: str, error: SelectionError) -> None:
        super().__init__(name, str(error), override_line(name, EXAMPLE))

    def __str__(self) -> str:
        return f"[bet_types] of {self.name!r}: {self.reason}"


def read_bet_type(name: str, overrides: Mapping[str, str]) -> Selection:
    """The selection that a filter's `betType` means; `overrides` (name -> text of a selection) come first.

    Raises `BetTypeError`: `UnknownBetTypeError`, `AmbiguousBetTypeError`, `TooLongBetTypeError` or
    `BadOverrideError`.
    """
    folded = _case_folded(name)
    for own_name, text in overrides.items():
        if _case_folded(own_name) == folded:
            try:
                return parse_selection(text)
            except SelectionError as error:
                raise BadOverrideError(name, error) from error
    return _built_in(name)


def override_line(name: str, selection: str) -> str:
    """The line of `[bet_types]` that gives this name a meaning, as TOML."""
    return f"{_toml(name)} = {_toml(selection)}"


def _toml(text: str) -> str:
    """The text as a TOML string, which is the JSON string but for one control character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _built_in(name: str) -> Selection:
    if len(name) > LONGEST_NAME or len(tokens_of(name)) > MOST_TOKENS:
        raise TooLongBetTypeError(name)
    readings, ambiguity = _interpret(name)
    if ambiguity:
        raise AmbiguousBetTypeError(name, ambiguity)
    if len(readings) > 1:
        raise AmbiguousBetTypeError(name, f"it may be {' or '.join(sorted(map(str, readings)))}")
    if not readings:
        raise UnknownBetTypeError(name, _suggestions(name))
    return next(iter(readings))


@lru_cache(maxsize=10_000)
def _interpret(name: str) -> tuple[frozenset[Selection], str]:
    """All selections that the name may mean, or else why it is refused."""
    whole = tokenise(name)
    if ambiguity := _ambiguity(whole.tokens):
        return frozenset(), ambiguity
    found = {cut: frozenset(_readings(cut.rest, cut.period)) for cut in period_readings(whole)}
    readings = frozenset().union(*found.values())
    if not readings:
        reasons = (_ambiguity(cut.rest) or _bad_number(cut.rest) for cut in found)
        return readings, next(filter(None, reasons), "")
    return readings, "" if len(readings) > 1 else _ambiguous_number(whole, found)


def _ambiguous_number(name: TokenisedName, found: Mapping[PeriodReading, AbstractSet[Selection]]) -> str:
    """Say why the only reading is uncertain: a number may be that of the half; empty if it is certain."""
    for cut, other in product(found, repeat=2):
        if found[cut] and other.ordinal is not None and other.contradicts(cut) and found[other] != found[cut]:
            return f"its {name.tokens[other.ordinal]} may be the number of the half, or belong to the bet"
    return ""


def _ambiguity(tokens: Tokens) -> str:
    """Say why a name of this shape is refused; empty if it is not."""
    return next((text for text, shape in _table(AMBIGUOUS) if number_in(shape, tokens) is not None), "")


def _bad_number(tokens: Tokens) -> str:
    """Say why a name with the shape of a selection is none: the grammar does not accept its number."""
    for selection, shape in _table(SHAPES):
        number = number_in(shape, tokens)
        if number is not None:
            try:
                parse_selection(_NUMBER_PLACE.sub(_number_text(number, selection), selection))
            except SelectionError as error:
                return f"expected {error.expected}, not {number}"
    return ""


def _readings(tokens: Tokens, period: int) -> Iterator[Selection]:
    for selection, shape in _table(SHAPES):
        number = number_in(shape, tokens)
        if number is not None:
            with suppress(SelectionError):
                yield from _in_period(
                    period, parse_selection(_NUMBER_PLACE.sub(_number_text(number, selection), selection))
                )


def _in_period(period: int, selection: Selection) -> Iterator[Selection]:
    """The selection in this period, unless it already has another one."""
    if MATCH_PERIOD in (period, selection.period):
        yield msgspec.structs.replace(selection, period=period or selection.period)


def _number_text(number: str, selection: str) -> str:
    """The number as the selection writes it: a handicap always has its sign."""
    line = parse_line(number) if selection.startswith("spread") else None
    return number if line is None else format_signed(line)


def _table(rows: Mapping[str, str]) -> tuple[tuple[str, Shape], ...]:
    return _shapes(tuple(rows.items()))


@cache
def _shapes(rows: tuple[tuple[str, str], ...]) -> tuple[tuple[str, Shape], ...]:
    """Each shape with its row's key, once for each combination of words that placeholders stand for."""
    return tuple(
        (key, read_shape(text))
        for row, texts in rows
        for each in split_row(texts)
        for key, text in _filled_in(row, each)
    )


def _filled_in(row: str, shape: str) -> Iterator[tuple[str, str]]:
    """The row's key and its shape with each combination of words in place of their placeholders."""
    places = [place for place in PLACEHOLDERS if place in shape]
    for words in product(*(PLACEHOLDERS[place] for place in places)):
        filled = row, shape
        for place, word in zip(places, words, strict=True):
            filled = filled[0].replace(place, word), filled[1].replace(place, word)
        yield filled


def _case_folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _suggestions(name: str) -> dict[str, Selection]:
    """Known names that differ from this one only by typos, with its line -> their selections.

    A name with a word or number more means something else, and a suggestion for it would be a wrong price.
    """
    tokens = tokens_of(name)
    lines = [token for token in tokens if re.fullmatch(r"[+-]?[0-9]+\.[0-9]+", token)]
    known = [re.sub(r"[+-]?[0-9]\.5", lines[0], each) if lines else each for each in EXAMPLES]
    similarity = {each: _similarity(tokens_of(each), tokens) for each in known}
    best = sorted(filter(similarity.get, similarity), key=similarity.__getitem__, reverse=True)[:3]
    found = {each: _interpret(each)[0] for each in best}
    return {each: next(iter(readings)) for each, readings in found.items() if len(readings) == 1}


def _similarity(known: Tokens, tokens: Tokens) -> float:
    """The similarity of two names, 0 to 1; 0 if they differ by more than typos."""
    if len(known) != len(tokens) or not all(map(_may_be_typo, known, tokens)):
        return 0
    return difflib.SequenceMatcher(None, " ".join(known), " ".join(tokens)).ratio()


def _may_be_typo(known: str, token: str) -> bool:
    """Return whether the token is this word or a typo of it; another number or sign is never a typo."""
    if known == token:
        return True
    words = min(len(known), len(token)) > 2 and known.isalpha() and token.isalpha()
    return words and difflib.SequenceMatcher(None, known, token).ratio() > 0.7
