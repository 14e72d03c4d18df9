"""Find the period in a bet type, and numbers that may belong to the half or to the bet.

`Über 2. HZ` is the second half without its line; `HZ 2` is the second half, or the away side in the first.
With only one reading, such a name could get the price of another bet. So every number beside a word for a
half is also read as that of the half, and `reader` refuses the name unless both readings give the same
selection.
"""

from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from syncd.model.pinnacle import MATCH_PERIOD
from syncd.pricing.bet_types.shapes import TokenisedName, Tokens, split_row, tokens_of
from syncd.pricing.bet_types.spellings import HALF_SPELLINGS, PERIOD_SPELLINGS

HALF_TIME: Final = 1
"""Half-time without a number means the first half, which ends then."""


class PeriodReading(NamedTuple):
    """One way to read the period of a name, and the remaining tokens, which name the bet."""

    period: int
    rest: Tokens
    used: range = range(0)
    """The positions of the tokens that name the period."""
    ordinal: int | None = None
    """The position of a number among them that may belong to the bet."""
    certain: bool = False
    """These tokens can only name the period: `1st half`, `1. Halbzeit`."""

    def contradicts(self, other: "PeriodReading") -> bool:
        """Return whether this reading gives a number to the half that the other leaves to the bet.

        A first half with nothing else is no bet: `HT 1` can only be the home side.
        """
        if self.ordinal is None or other.certain or self.ordinal in other.used:
            return False
        return bool(self.rest) or self.period != other.period


def period_readings(name: TokenisedName) -> Iterator[PeriodReading]:
    """All readings of the period of a name; the first is that it names none."""
    yield PeriodReading(MATCH_PERIOD, name.tokens)
    for period, words in _period_words():
        for used in _positions(words, name.tokens):
            yield _reading(name, period, used, certain=True)
    for words, is_half_time in _half_words():
        for used in _positions(words, name.tokens):
            yield from _readings_of_half(name, used, is_half_time=is_half_time)


def _readings_of_half(name: TokenisedName, half: range, *, is_half_time: bool) -> Iterator[PeriodReading]:
    before, after = _number_before(name, half.start), _number_after(name, half.stop)
    if before is not None and name.has_dot_after(before):
        yield _reading(name, int(name.tokens[before]), range(before, half.stop), ordinal=before, certain=True)
        return
    if is_half_time:
        yield _reading(name, HALF_TIME, half)
    if before is not None:
        yield _reading(name, int(name.tokens[before]), range(before, half.stop), ordinal=before)
    if after is not None:
        yield _reading(name, int(name.tokens[after]), range(half.start, after + 1), ordinal=after)


def _number_before(name: TokenisedName, half: int) -> int | None:
    """The position of a 1 or 2 before the half; in `W1 HT`, `X2 HT` and `0-1 HT` it is part of another."""
    at = half - 2 if name.tokens[half - 1 : half] == ("-",) else half - 1
    if at < 0 or name.tokens[at] not in ("1", "2"):
        return None
    if name.has_dot_after(at):
        return at
    bound = name.is_joined(at) and not name.is_joined(at + 1)
    return None if bound or _ends_1x2(name, at) else at


def _ends_1x2(name: TokenisedName, at: int) -> bool:
    """Return whether this is the 2 of `1X2` or `1 X 2`, not of `1X 2H`."""
    return name.tokens[max(at - 2, 0) : at + 1] == ("1", "x", "2") and name.is_joined(
        at - 1
    ) == name.is_joined(at)


def _number_after(name: TokenisedName, end: int) -> int | None:
    """The position of a 1 or 2 after the half; `HT 1X` and `HT 1-0` have none."""
    at = end + 1 if name.tokens[end : end + 1] == ("-",) else end
    if name.tokens[at : at + 1] not in (("1",), ("2",)):
        return None
    return None if name.is_joined(at + 1) and not name.is_joined(at) else at


def _reading(
    name: TokenisedName, period: int, used: range, *, ordinal: int | None = None, certain: bool = False
) -> PeriodReading:
    rest = _without_outer_dashes(name.tokens[: used.start] + name.tokens[used.stop :])
    return PeriodReading(period, rest, used, ordinal, certain)


def _without_outer_dashes(tokens: Tokens) -> Tokens:
    """Without a dash at either end: `1h - over 1.5` without its period is `over 1.5`."""
    start, end = tokens[:1] == ("-",), tokens[-1:] == ("-",)
    return tokens[start : len(tokens) - end]


def _positions(words: Tokens, tokens: Tokens) -> Iterator[range]:
    for start in range(len(tokens) - len(words) + 1):
        if tokens[start : start + len(words)] == words:
            yield range(start, start + len(words))


@cache
def _period_words() -> tuple[tuple[int, Tokens], ...]:
    return tuple(
        (period, tokens_of(each)) for period, words in PERIOD_SPELLINGS.items() for each in split_row(words)
    )


@cache
def _half_words() -> tuple[tuple[Tokens, bool], ...]:
    """The words for a half, and whether they mean the first half if no number is beside them."""
    return tuple(
        (tokens_of(each), is_half_time)
        for is_half_time, words in HALF_SPELLINGS.items()
        for each in split_row(words)
    )
