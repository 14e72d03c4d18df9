"""The figures at the end of the demo, and the differences if there should be any."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil

from rich.console import Console
from rich.text import Text

from syncd.demo.columns import GAP, Column, lines
from syncd.demo.reporter import MAX_WIDTH
from syncd.demo.run import DemoResult
from syncd.demo.scenario import Outage
from syncd.demo.wording import name_of, odds
from syncd.simulator.oracle_check import CheckResult
from syncd.simulator.sandbox import Sandbox

LABEL = 13
SHOWN = 10
"""Differences that are listed one by one."""

GOOD, BAD = "bold green", "bold red"


def print_summary(console: Console, box: Sandbox, outcome: DemoResult) -> None:
    """Everything that was measured, and whether the check holds."""
    columns = (Column(LABEL), Column(min(console.width, MAX_WIDTH) - LABEL - len(GAP)))
    console.print()
    for label, words in _figures(box, outcome):
        for line in lines(console, columns, [Text(label, "dim"), words]):
            console.print(line, soft_wrap=True)
    if outcome.verdict is not None:
        for difference in _differences(box, outcome.verdict):
            console.print(Text(difference, BAD), soft_wrap=True)


def _figures(box: Sandbox, outcome: DemoResult) -> Iterator[tuple[str, Text]]:
    fill = outcome.fill
    yield "First fill", Text(f"{fill.count} Min Odds in {fill.seconds:.1f} s" if fill else "not finished")
    for label, words in _followed(box, outcome):
        yield label, Text(words)
    yield "Requests", Text(_requests(box))
    yield "Limits broken", _faults(box)
    yield "Closing check", _check(outcome.verdict)


def _followed(box: Sandbox, outcome: DemoResult) -> Iterator[tuple[str, str]]:
    outages = [_until_heard(each, box) for each in outcome.outages]
    free: list[float] = []
    waited: list[float] = []
    for each in outcome.followed:
        if each.timed and each.took is not None:
            met = any(outage.touches(each.since, each.took) for outage in outages)
            (waited if met else free).append(each.took)
    if free:
        free.sort()
        typical, most = free[len(free) // 2], free[ceil(len(free) * 0.95) - 1]
        changes = f"{len(free)} change" if len(free) == 1 else f"{len(free)} changes"
        yield (
            "Followed",
            f"{changes}. From the change at Pinnacle to its arrival at BetTune: "
            f"median {typical:.1f} s, 95 % within {most:.1f} s",
        )
    if waited:
        yield "", f"{len(waited)} more met the outage; the last arrived after {max(waited):.1f} s"


def _until_heard(outage: Outage, box: Sandbox) -> Outage:
    """Until syncd had its first answer again: it asks an API that is away ever more rarely."""
    answered = (
        call.seconds
        for call in box.pinnacle.request_log.requests
        if call.seconds >= outage.end and call.path.endswith("/odds") and call.status == 200
    )
    return Outage(outage.begin, next(answered, outage.end))


def _requests(box: Sandbox) -> str:
    asked, sent = box.pinnacle.request_log.requests, box.bettune.request_log.requests
    limit = box.bettune.limit
    busiest = _busiest([call.seconds for call in sent], limit.seconds)
    return (
        f"{len(asked)} to Pinnacle; {len(sent)} to BetTune, "
        f"in the busiest minute {busiest} of {limit.requests} allowed"
    )


def _busiest(moments: Sequence[float], span: float) -> int:
    """The most that fell into any window of this length."""
    most = begin = 0
    for end, moment in enumerate(moments):
        while moments[begin] <= moment - span:
            begin += 1
        most = max(most, end - begin + 1)
    return most


def _faults(box: Sandbox) -> Text:
    violations = (*box.pinnacle.request_log.violations, *box.bettune.request_log.violations)
    broken = Counter(violation.rule for violation in violations)
    idle = len(box.bettune.account.redundant_writes())
    words = ", ".join(f"{count} × {what}" for what, count in broken.items()) or "0"
    return Text(f"{words}; writes that changed nothing: {idle}", BAD if broken or idle else GOOD)


def _check(verdict: CheckResult | None) -> Text:
    if verdict is None:
        return Text("not made: stopped before", "yellow")
    wrong = len(verdict.differences)
    beside = f", and the {verdict.by_hand} made by hand" if verdict.by_hand else ""
    question = f"BetTune holds exactly the {verdict.wanted} predictions it ought to{beside}: "
    return Text(question).append(f"no, {wrong} differ" if wrong else "yes", BAD if wrong else GOOD)


def _differences(box: Sandbox, verdict: CheckResult) -> Iterator[str]:
    names = {found.id: found.name for found in box.bettune.account.filters}
    found = sorted(verdict.differences.items())
    for pair, (wanted, held) in found[:SHOWN]:
        game = box.world.game_of_match(pair.match_id)
        match = name_of(game) if game is not None else f"match {pair.match_id}"
        yield f"  {match}, «{names[pair.filter_id]}»: ought to be {odds(wanted)}, is {odds(held)}"
    if len(found) > SHOWN:
        yield f"  and {len(found) - SHOWN} more"
