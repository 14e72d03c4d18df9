"""Match filters and leagues with rules: the only place where their names are compared."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from syncd.config.settings import Rule


def rule_for(filter_id: int, name: str, rules: Iterable[Rule]) -> Rule | None:
    """The first rule that applies to a BetTune filter; None if the filter is left alone."""
    return next((rule for rule in rules if applies_to_filter(rule, filter_id, name)), None)


def applies_to_filter(rule: Rule, filter_id: int, name: str) -> bool:
    """Return whether the rule applies to this filter, by its id (digits only) or by a glob on its name."""
    if rule.filter.isdecimal():
        return int(rule.filter) == filter_id
    return matches_glob(name, rule.filter)


def accepts_league(rule: Rule, league: str) -> bool:
    """Return whether the rule accepts the events of this Pinnacle league.

    A league without a name yet (empty) is accepted only by a rule without `leagues` and `exclude_leagues`.
    """
    if not league:
        return not (rule.leagues or rule.exclude_leagues)
    if any(matches_glob(league, glob) for glob in rule.exclude_leagues):
        return False
    return not rule.leagues or any(matches_glob(league, glob) for glob in rule.leagues)


def matches_glob(name: str, glob: str) -> bool:
    """Return whether a name matches a glob (`*`, `?`, `[abc]`); case and repeated spaces do not matter.

    A name always matches itself, so that one with brackets needs no escaping.
    """
    name, glob = _normalised(name), _normalised(glob)
    return name == glob or fnmatchcase(name, glob)


def _normalised(text: str) -> str:
    # Pinnacle itself writes "Lithuania -  A Lyga" with two spaces.
    return " ".join(text.casefold().split())
