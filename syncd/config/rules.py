"""Which rule a filter gets, and which leagues a rule takes: the one place where names are compared."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from syncd.config.settings import Rule


def rule_for(filter_id: int, name: str, rules: Iterable[Rule]) -> Rule | None:
    """The first rule that fits a BetTune filter; none: the filter is left alone."""
    return next((rule for rule in rules if applies_to_filter(rule, filter_id, name)), None)


def applies_to_filter(rule: Rule, filter_id: int, name: str) -> bool:
    """Whether the rule means this filter: all digits are an id, anything else a glob on the name."""
    if rule.filter.isdecimal():
        return int(rule.filter) == filter_id
    return matches_glob(name, rule.filter)


def accepts_league(rule: Rule, league: str) -> bool:
    """Whether the rule wants the events of this Pinnacle league.

    A league whose name is not known yet (empty) is taken only by a rule that asks for none.
    """
    if not league:
        return not (rule.leagues or rule.exclude_leagues)
    if any(matches_glob(league, glob) for glob in rule.exclude_leagues):
        return False
    return not rule.leagues or any(matches_glob(league, glob) for glob in rule.leagues)


def matches_glob(name: str, glob: str) -> bool:
    """Whether a name fits a glob (`*`, `?`, `[abc]`); case and runs of spaces do not matter.

    A name always fits itself, so that one with brackets in it need not be escaped.
    """
    name, glob = _normalised(name), _normalised(glob)
    return name == glob or fnmatchcase(name, glob)


def _normalised(text: str) -> str:
    # Pinnacle itself writes "Lithuania -  A Lyga" with two spaces.
    return " ".join(text.casefold().split())
