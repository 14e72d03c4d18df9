"""The man page, made from the commands' own help: `python -m syncd.cli.man` writes man/syncd.1."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from syncd.cli.main import SECTIONS, cli

TARGET = Path("man/syncd.1")

HEAD = """\
.\\" Made by `python -m syncd.cli.man` from the commands; change it there.
.TH SYNCD 1 "" "" "syncd"
.SH NAME
syncd \\- keeps BetTune predictions equal to what Pinnacle says now
.SH SYNOPSIS
.B syncd
[\\fB\\-\\-config\\fR \\fIFILE\\fR] \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]
.SH DESCRIPTION
BetTune bets on a match when the market offers at least the Min Odds that are set for it.
syncd follows Pinnacle's fixtures and odds, finds the same match at BetTune, and keeps the Min Odds of the
filters that its rules name equal to Pinnacle's price, or to that price without its margin.
It never places a bet. If it stops, its predictions stay active.
"""

TAIL = """\
.SH FILES
.TP
.I config/syncd.toml
The config, unless \\fB\\-\\-config\\fR or SYNCD_CONFIG names another one.
\\fBsyncd config init\\fR writes one.
.TP
.I data/syncd.db
The database, unless store.url names another one.
.SH ENVIRONMENT
.TP
.B SYNCD_CONFIG
The config file.
.TP
.B SYNCD_SECTION__KEY
Any key of the config, such as SYNCD_PINNACLE__PASSWORD; it has precedence over the file.
With _FILE at its end, a file with the secret.
.SH EXIT STATUS
0 success, 1 failure, 2 wrong usage or config.
"""


def man_page() -> str:
    """Make the page, in the notation of man(7)."""
    context = click.Context(cli, info_name="syncd")
    lines = [HEAD.rstrip("\n")]
    for heading, names in SECTIONS.items():
        lines.append(f'.SH "{heading.upper()}"')
        for name in names:
            command = cli.get_command(context, name)
            if command:
                lines += _command(command, click.Context(command, info_name=f"syncd {name}"))
    return "\n".join([*lines, TAIL])


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f'.SS "{_escaped(_usage(command, context))}"'
    for number, paragraph in enumerate(inspect.cleandoc(command.help or "").split("\n\n")):
        if number:
            yield ".PP"
        yield _escaped(" ".join(paragraph.split()).replace("\b ", ""))
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record and "--config" not in record[0] and "--help" not in record[0]:
            yield from (".TP", f"\\fB{_escaped(record[0])}\\fR", _escaped(record[1]))
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner:
                yield from _command(inner, click.Context(inner, info_name=f"{context.info_name} {name}"))


def _usage(command: click.Command, context: click.Context) -> str:
    pieces = command.collect_usage_pieces(context)
    return " ".join([str(context.info_name), *(each for each in pieces if each != "[OPTIONS]")])


def _escaped(text: str) -> str:
    """Escape what troff would read as a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return f"\\&{text}" if text.startswith((".", "'")) else text


def main() -> None:
    """Write the page into the working copy."""
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(man_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
