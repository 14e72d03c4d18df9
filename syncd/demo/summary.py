"""The figures at the end of the demo, and the differences if there are any."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil

from rich.console import Console
from rich.table import Column
from rich.text import Text

from syncd.demo.reporter import GAP, MAX_WIDTH, row_lines
from syncd.demo.run import DemoResult
from syncd.demo.scenario import Outage
from syncd.demo.wording import name_of
from syncd.simulator.oracle_check import CheckResult
from syncd.simulator.sandbox import Sandbox
from syncd.views.formatting import odds

LABEL_WIDTH = 13
MAX_DIFFERENCES = 10
"""Differences that are listed one by one."""

GOOD, BAD = "bold green", "bold red"


def print_summary(console: Console, sandbox: Sandbox, result: DemoResult) -> None:
    """Print everything that was measured, and whether the check succeeded."""
    text_width = min(console.width, MAX_WIDTH) - LABEL_WIDTH - GAP
    console.print()
    for label, text in _figures(sandbox, result):
        columns = (Column(width=LABEL_WIDTH), Column(width=text_width))
        for line in row_lines(console, columns, [Text(label, "dim"), text]):
            console.print(line, soft_wrap=True)
    if result.check is not None:
        for difference in _differences(sandbox, result.check):
            console.print(Text(difference, BAD), soft_wrap=True)


def _figures(sandbox: Sandbox, result: DemoResult) -> Iterator[tuple[str, Text]]:
    fill = result.fill
    yield "First fill", Text(f"{fill.count} Min Odds in {fill.seconds:.1f} s" if fill else "not finished")
    for label, text in _followed(sandbox, result):
        yield label, Text(text)
    yield "Requests", Text(_requests(sandbox))
    yield "Limits broken", _violations(sandbox)
    yield "Closing check", _check(result.check)


def _followed(sandbox: Sandbox, result: DemoResult) -> Iterator[tuple[str, str]]:
    outages = [_until_next_response(outage, sandbox) for outage in result.outages]
    normal: list[float] = []
    delayed: list[float] = []
    for write in result.followed:
        if write.timed and write.took is not None:
            overlaps = any(outage.overlaps(write.since, write.took) for outage in outages)
            (delayed if overlaps else normal).append(write.took)
    if normal:
        normal.sort()
        typical, most = normal[len(normal) // 2], normal[ceil(len(normal) * 0.95) - 1]
        changes = f"{len(normal)} change" if len(normal) == 1 else f"{len(normal)} changes"
        yield (
            "Followed",
            f"{changes}. From the change at Pinnacle to its arrival at BetTune: "
            f"median {typical:.1f} s, 95 % within {most:.1f} s",
        )
    if delayed:
        yield "", f"{len(delayed)} more during the outage; the last arrived after {max(delayed):.1f} s"


def _until_next_response(outage: Outage, sandbox: Sandbox) -> Outage:
    """The outage up to syncd's next good response: its retries become less and less frequent."""
    responses = (
        request.seconds
        for request in sandbox.pinnacle.request_log.requests
        if request.seconds >= outage.end and request.path.endswith("/odds") and request.status == 200
    )
    return Outage(outage.begin, next(responses, outage.end))


def _requests(sandbox: Sandbox) -> str:
    to_pinnacle, to_bettune = sandbox.pinnacle.request_log.requests, sandbox.bettune.request_log.requests
    limit = sandbox.bettune.limit
    busiest = _busiest([request.seconds for request in to_bettune], limit.seconds)
    return (
        f"{len(to_pinnacle)} to Pinnacle; {len(to_bettune)} to BetTune, "
        f"in the busiest minute {busiest} of {limit.requests} allowed"
    )


def _busiest(moments: Sequence[float], span: float) -> int:
    """The largest number of moments in any window of this length."""
    most = begin = 0
    for end, moment in enumerate(moments):
        while moments[begin] <= moment - span:
            begin += 1
        most = max(most, end - begin + 1)
    return most


def _violations(sandbox: Sandbox) -> Text:
    violations = (*sandbox.pinnacle.request_log.violations, *sandbox.bettune.request_log.violations)
    broken = Counter(violation.rule for violation in violations)
    redundant = len(sandbox.bettune.account.redundant_writes())
    text = ", ".join(f"{count} × {rule}" for rule, count in broken.items()) or "0"
    return Text(f"{text}; writes that changed nothing: {redundant}", BAD if broken or redundant else GOOD)


def _check(check: CheckResult | None) -> Text:
    if check is None:
        return Text("not made: the demo was stopped before", "yellow")
    wrong = len(check.differences)
    by_hand = f", and the {check.by_hand} made by hand" if check.by_hand else ""
    question = f"BetTune holds exactly the {check.wanted} predictions it should{by_hand}: "
    return Text(question).append(f"no, {wrong} differ" if wrong else "yes", BAD if wrong else GOOD)


def _differences(sandbox: Sandbox, check: CheckResult) -> Iterator[str]:
    names = {found.id: found.name for found in sandbox.bettune.account.filters}
    differences = sorted(check.differences.items())
    for pair, (wanted, actual) in differences[:MAX_DIFFERENCES]:
        game = sandbox.world.game_of_match(pair.match_id)
        match = name_of(game) if game is not None else f"match {pair.match_id}"
        yield f"  {match}, «{names[pair.filter_id]}»: should be {odds(wanted)}, is {odds(actual)}"
    if len(differences) > MAX_DIFFERENCES:
        yield f"  and {len(differences) - MAX_DIFFERENCES} more"
