"""The choice of a plan's changes that `syncd plan` shows: by filter, league, match and kind."""

from collections.abc import Callable, Iterable
from typing import Any

import click
import msgspec

from syncd.config.rules import matches_glob
from syncd.model.change import Kind
from syncd.runtime.printable import one_line


class PlanChoice(msgspec.Struct, frozen=True, kw_only=True):
    """The changes that a user wants to see; each list is alternatives, and an empty one chooses all."""

    filters: tuple[str, ...] = ()
    """Ids, or globs on names."""
    leagues: tuple[str, ...] = ()
    """Globs on Pinnacle's names."""
    matches: tuple[str, ...] = ()
    """Ids, or parts of the names of both teams."""
    kinds: tuple[Kind, ...] = ()

    @property
    def is_everything(self) -> bool:
        """True if nothing is left out."""
        return not (self.filters or self.leagues or self.matches or self.kinds)

    def takes(self, filter_: tuple[int, str], match: tuple[int, str], league: str, kind: Kind) -> bool:
        """Return whether it takes a change; filter and match by id and name."""
        return (
            (not self.kinds or kind in self.kinds)
            and _any(self.filters, lambda text: _is_named(text, filter_))
            and _any(self.leagues, lambda text: matches_glob(league, text))
            and _any(self.matches, lambda text: _is_of(text, match))
        )


def choice_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a `PlanChoice`; each may be given several times."""
    options = [
        click.option("--filter", "filters", multiple=True, help="Only this filter: its id, or a glob."),
        click.option("--league", "leagues", multiple=True, help="Only this league of Pinnacle's: a glob."),
        click.option("--match", "matches", multiple=True, help="Only this match: its id, or part of a name."),
        click.option(
            "--kind",
            "kinds",
            multiple=True,
            type=click.Choice([kind.value for kind in Kind]),
            help="Only these writes.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def print_tsv(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Print a table for programs: a line for each row, a tab between cells, empty where there is no value.

    No headings: only the rows.
    """
    heading = tuple(headings)
    for row in (*([heading] if heading else []), *rows):
        click.echo("\t".join("" if cell is None else one_line(str(cell)) for cell in row))


def _any(texts: tuple[str, ...], is_meant: Callable[[str], bool]) -> bool:
    return not texts or any(map(is_meant, texts))


def _is_named(text: str, known: tuple[int, str]) -> bool:
    return text == str(known[0]) or matches_glob(known[1], text)


def _is_of(text: str, known: tuple[int, str]) -> bool:
    return text == str(known[0]) or text.casefold() in known[1].casefold()
