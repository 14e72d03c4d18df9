"""Which filter gets which rule and which Pinnacle market, and the rules that fit nothing."""

from collections.abc import Collection, Iterator

from syncd.config.rules import applies_to_filter, rule_for
from syncd.config.settings import Settings
from syncd.model.bettune import Filter
from syncd.pricing.bet_types import BetTypeError, read_bet_type
from syncd.pricing.selection import Selection
from syncd.views.check.report import FilterSummary, Finding, problem, warning


def summarise_filters(filters: Collection[Filter], settings: Settings) -> list[FilterSummary]:
    """Each filter as syncd reads it, those with a rule first."""
    readings = [_read(each, settings) for each in filters]
    return sorted(readings, key=lambda each: (each.rule is None, each.rule or 0, each.name.casefold()))


def _read(found: Filter, settings: Settings) -> FilterSummary:
    rule = rule_for(found.id, found.name, settings.rules)
    selection: Selection | None = None
    problem_words = ""
    try:
        selection = read_bet_type(found.bet_type, settings.bet_types)
    except BetTypeError as error:
        problem_words = str(error)
    reason = ""
    if rule is None:
        reason = "no rule fits: left alone"
    elif selection is None:
        reason = problem_words
    elif not found.approved:
        reason = f"its status is {found.status}"
    return FilterSummary(
        id=found.id,
        name=found.name,
        approved=found.approved,
        bet_type=found.bet_type,
        rule=settings.rules.index(rule) if rule else None,
        selection=str(selection or ""),
        reason=reason,
    )


def check_filters(filters: Collection[Filter], settings: Settings) -> Iterator[Finding]:
    """Filters that a rule means and that cannot be filled, and rules that mean no filter."""
    for reading in summarise_filters(filters, settings):
        if reading.rule is not None:
            yield from _of_filter(reading, settings)
    for index, rule in enumerate(settings.rules):
        meant = [each for each in filters if applies_to_filter(rule, each.id, each.name)]
        if not meant:
            names = ", ".join(f"{each.id} ({each.name})" for each in list(filters)[:8]) or "none"
            yield problem(
                f"rules[{index}]",
                f'filter = "{rule.filter}" fits no filter of BetTune\'s',
                f"it lists: {names}",
            )
        elif all(rule_for(each.id, each.name, settings.rules) is not rule for each in meant):
            yield problem(
                f"rules[{index}]",
                f'every filter that filter = "{rule.filter}" fits is taken by a rule before it',
                "put it further up: the first rule that fits wins",
            )


def _of_filter(reading: FilterSummary, settings: Settings) -> Iterator[Finding]:
    subject = f"filter {reading.id} ({reading.name})"
    try:
        read_bet_type(reading.bet_type, settings.bet_types)
    except BetTypeError as error:
        tell = problem if reading.approved else warning
        yield tell(
            subject,
            f"bet type {error.name!r} {error.reason}",
            f"say in [bet_types] what it means: {error.line}",
        )
        return
    if not reading.approved:
        yield warning(subject, f"{reading.reason}: nothing is written", "approve it in BetTune")
