"""Constraints between several keys, each of which is valid by itself."""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

from syncd.config.settings import Rule, Settings
from syncd.config.tree import Key
from syncd.config.values import format_duration

SHORTEST_TOKEN = 16
"""Characters of a token that other machines can try."""


class Conflict(NamedTuple):
    """Keys whose values contradict each other; the first is the one to change."""

    keys: tuple[Key, ...]
    fault: str
    expected: str


def conflicts(settings: Settings) -> Iterator[Conflict]:
    """All contradictions in the settings."""
    yield from _pace(settings)
    yield from _web(settings)
    yield from _same_filter(settings.rules)
    yield from _same_bet_type(settings.bet_types)
    for index, rule in enumerate(settings.rules):
        yield from _rule(index, rule)


def fold(name: str) -> str:
    """A name without the differences that do not matter: case and spaces."""
    return "".join(name.casefold().split())


def _pace(settings: Settings) -> Iterator[Conflict]:
    pace, stale = settings.pinnacle.pace, settings.safety.stale_after
    # One late response is common, and must not withdraw everything.
    for name in ("odds_delta", "fixtures_delta"):
        gap = getattr(pace, name)
        if stale <= 2 * gap:
            yield Conflict(
                (("safety", "stale_after"), ("pinnacle", "pace", name)),
                f"is {format_duration(stale)}",
                f"more than twice pinnacle.pace.{name}, which is "
                f"{format_duration(gap)}: else one late response withdraws everything",
            )
    for name in ("odds_snapshot", "fixtures_snapshot"):
        gap = getattr(pace, name)
        if pace.resnapshot < gap:
            yield Conflict(
                (("pinnacle", "pace", "resnapshot"), ("pinnacle", "pace", name)),
                f"is {format_duration(pace.resnapshot)}",
                f"at least pinnacle.pace.{name}, which is {format_duration(gap)}",
            )


def _web(settings: Settings) -> Iterator[Conflict]:
    web = settings.web
    if not web.is_local and not web.token.get_secret_value():
        yield Conflict(
            (("web", "host"), ("web", "token")),
            f'is "{web.host}", which other machines can reach',
            'a web.token (or web.token_file) beside it, or "127.0.0.1"',
        )
    elif not web.is_local and len(web.token.get_secret_value()) < SHORTEST_TOKEN:
        yield Conflict(
            (("web", "token"), ("web", "host")),
            f"is shorter than {SHORTEST_TOKEN} characters, and other machines can reach web.host",
            f"at least {SHORTEST_TOKEN} that nobody can guess: openssl rand -hex 24 makes some",
        )


def _same_filter(rules: Iterable[Rule]) -> Iterator[Conflict]:
    for (first, one), (second, other) in combinations(enumerate(rules), 2):
        if one.filter.casefold() == other.filter.casefold():
            yield Conflict(
                (("rules", second, "filter"), ("rules", first, "filter")),
                f'is "{other.filter}", as in rules[{first}], so this rule would never be used',
                "another filter, or no such rule",
            )


def _same_bet_type(bet_types: Iterable[str]) -> Iterator[Conflict]:
    for one, other in combinations(bet_types, 2):
        if fold(one) == fold(other):
            yield Conflict(
                (("bet_types", other), ("bet_types", one)),
                f'is the same as "{one}": case and spaces do not matter',
                "each bet type once",
            )


def _rule(index: int, rule: Rule) -> Iterator[Conflict]:
    key: Key = ("rules", index)
    if rule.min_odds and rule.max_odds and rule.min_odds >= rule.max_odds:
        yield Conflict(
            ((*key, "min_odds"), (*key, "max_odds")),
            f"is {rule.min_odds}",
            f"less than max_odds, which is {rule.max_odds}",
        )
    if rule.open_before and rule.close_before >= rule.open_before:
        yield Conflict(
            ((*key, "close_before"), (*key, "open_before")),
            f"is {format_duration(rule.close_before)}",
            f"less than open_before, which is {format_duration(rule.open_before)}",
        )
