"""Check filters and rules: which filter gets which rule and which market, and which rules fit nothing."""

from collections.abc import Collection, Iterator

from syncd.config.rules import applies_to_filter, rule_for
from syncd.config.settings import Settings
from syncd.model.bettune import Filter
from syncd.pricing.bet_types.reader import BetTypeError, read_bet_type
from syncd.pricing.selection import Selection
from syncd.views.check.report import FilterSummary, Finding, problem, warning


def summarise_filters(filters: Collection[Filter], settings: Settings) -> list[FilterSummary]:
    """Summarise each filter, those with a rule first."""
    summaries = [_summarise(each, settings) for each in filters]
    return sorted(summaries, key=lambda each: (each.rule is None, each.rule or 0, each.name.casefold()))


def _summarise(filter_: Filter, settings: Settings) -> FilterSummary:
    rule = rule_for(filter_.id, filter_.name, settings.rules)
    selection: Selection | None = None
    reason = ""
    try:
        selection = read_bet_type(filter_.bet_type, settings.bet_types)
    except BetTypeError as error:
        reason = str(error)
    if rule is None:
        reason = "no rule fits: left alone"
    elif selection and not filter_.approved:
        reason = f"its status is {filter_.status}"
    return FilterSummary(
        id=filter_.id,
        name=filter_.name,
        approved=filter_.approved,
        bet_type=filter_.bet_type,
        rule=settings.rules.index(rule) if rule else None,
        selection=str(selection or ""),
        reason=reason,
    )


def check_filters(filters: Collection[Filter], settings: Settings) -> Iterator[Finding]:
    """Find the filters with a rule that cannot be priced, and the rules without a filter."""
    for summary in summarise_filters(filters, settings):
        if summary.rule is not None:
            yield from _check_filter(summary, settings)
    for index, rule in enumerate(settings.rules):
        matching = [each for each in filters if applies_to_filter(rule, each.id, each.name)]
        if not matching:
            names = ", ".join(f"{each.id} ({each.name})" for each in list(filters)[:8]) or "none"
            yield problem(
                f"rules[{index}]",
                f'filter = "{rule.filter}" fits no filter of BetTune\'s',
                f"it lists: {names}",
            )
        elif all(rule_for(each.id, each.name, settings.rules) is not rule for each in matching):
            yield problem(
                f"rules[{index}]",
                f'every filter that filter = "{rule.filter}" fits is taken by a rule before it',
                "move it up: the first rule that fits wins",
            )


def _check_filter(summary: FilterSummary, settings: Settings) -> Iterator[Finding]:
    subject = f"filter {summary.id} ({summary.name})"
    try:
        read_bet_type(summary.bet_type, settings.bet_types)
    except BetTypeError as error:
        finding = problem if summary.approved else warning
        yield finding(
            subject,
            f"bet type {error.name!r} {error.reason}",
            f"define it in [bet_types]: {error.line}",
        )
        return
    if not summary.approved:
        yield warning(subject, f"{summary.reason}: nothing is written", "approve it in BetTune")
