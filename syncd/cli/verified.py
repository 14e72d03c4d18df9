"""`syncd matches --verified`: links of finished games, and what both results say of them."""

from collections import Counter

from rich.text import Text

from syncd.cli.context import CommandContext
from syncd.cli.database import open_store
from syncd.cli.output import Cell, lines, print_json, print_line, print_table
from syncd.matching.results import VerdictKind
from syncd.store import verifications
from syncd.store.verifications import Verification
from syncd.views.formatting import short_moment
from syncd.views.results import results_text, verdict_text

STYLES = {
    VerdictKind.AGREED: "green",
    VerdictKind.DIFFERS: "bold red",
    VerdictKind.NOT_COMPARABLE: "dim",
    VerdictKind.WAITING: "yellow",
}


async def load_verified(context: CommandContext) -> list[Verification]:
    """Load the finished links that carried predictions, those that differ last, where they are seen."""
    async with open_store(context) as store:
        since = store.clock.now() - context.settings.store.history
        async with store.read() as conn:
            found = (await verifications.load_since(conn, since)).values()
    carried = [each for each in found if each.carried_predictions]
    return sorted(carried, key=lambda each: (each.verdict.kind is VerdictKind.DIFFERS, each.link.kickoff))


def show_verified(found: list[Verification], *, as_json: bool) -> None:
    """Print them, and how many of them agreed."""
    if as_json:
        print_json(found)
        return
    if not found:
        print_line("No linked game is over yet.")
        return
    print_table(["|kick-off", ">ids", "Pinnacle / BetTune", "", "result"], map(_row, found))
    counts = Counter(each.verdict.kind for each in found)
    print_line(results_text({kind: counts[kind] for kind in VerdictKind}))


def _row(each: Verification) -> list[Cell]:
    link, kind = each.link, each.verdict.kind
    return [
        short_moment(link.kickoff),
        lines(str(link.event_id), str(link.match_id)),
        lines(link.event_title, link.match_title),
        Text(kind.replace("_", " "), style=STYLES[kind]),
        verdict_text(each),
    ]
