"""`syncd aliases`: check and import a user's own tables of names."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import click

from syncd.cli.command import CliGroup, CommandError, WrongUsageError
from syncd.cli.context import CommandContext, pass_command_context, run_async, user_name
from syncd.cli.database import CommandStatus, open_store, wait_until_done
from syncd.cli.options import as_json
from syncd.cli.output import print_json, print_line
from syncd.config.plain_file import read_plain, write_private
from syncd.config.problems import ConfigError, MissingFileProblem
from syncd.linking.inputs import MAX_ALIAS_FILE_BYTES, read_aliases
from syncd.matching.alias_check import JudgedRow, ListedNames, RowState, judge_rows, problems_of
from syncd.matching.alias_files import SUFFIXES, AliasFormat, AliasRow, AliasTable, LineProblem, read_table
from syncd.matching.alias_merge import merge
from syncd.matching.aliases import AliasError, Aliases
from syncd.matching.knowledge import shipped
from syncd.runtime.printable import one_line
from syncd.store import address, commands, facts
from syncd.store.commands import Verb
from syncd.store.engine import Store
from syncd.store.errors import StoreError
from syncd.store.lease import lease_holder
from syncd.views.formatting import counted
from syncd.views.listed_names import listed_names

file_argument = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
form_option = click.option(
    "--format",
    "form",
    type=click.Choice([each.value for each in AliasFormat]),
    help="The file's format. [default: by its name: .toml, .csv, .txt for openfootball]",
)


class CheckedTable(NamedTuple):
    """A file with what each row is worth, and all that is wrong."""

    file: Path
    form: AliasFormat
    table: AliasTable
    judged: list[JudgedRow]

    @property
    def problems(self) -> list[LineProblem]:
        """All problems, by line."""
        return sorted([*self.table.problems, *problems_of(self.judged)])

    def rows(self, state: RowState) -> list[AliasRow]:
        """Return the rows of which this becomes."""
        return [each.row for each in self.judged if each.state is state]

    @property
    def summary(self) -> str:
        """Count the rows that are new, known and refused."""
        new, known = len(self.rows(RowState.NEW)), len(self.rows(RowState.KNOWN))
        text = f"{self.file} ({self.form}): {new} new, {known} known, {len(self.problems)} refused"
        if not self.table.left_out:
            return text
        return f"{text}; {counted(self.table.left_out, 'line')} of second teams and dissolved clubs left out"


@click.group(cls=CliGroup)
def aliases() -> None:
    """Check or import tables of names of your own: TOML, CSV of two columns, openfootball's clubs."""


@aliases.command()
@file_argument
@form_option
@as_json
@click.pass_context
@pass_command_context
def check(
    context: CommandContext, ctx: click.Context, *, file: Path, form: str | None, as_json: bool
) -> None:
    """Show what each row of FILE is read as, and everything that is wrong with it. Nothing is changed."""
    settings = context.begin()
    context.load()
    checked = _checked(context, file, form)
    remarks = _remarks(run_async(_listed(context)), checked.judged)
    if as_json:
        print_json(_document(checked, remarks))
    else:
        _print_rows(checked, remarks)
        _print_problems(checked)
        print_line(checked.summary)
        if settings.matching.aliases is None:
            print_line(f"No alias file yet: {_how_to_set(context)}")
    ctx.exit(1 if checked.problems else 0)


@aliases.command("import")
@file_argument
@form_option
@click.pass_context
@pass_command_context
def import_(context: CommandContext, ctx: click.Context, *, file: Path, form: str | None) -> None:
    """Add the valid rows of FILE to the alias file that the config names; refused ones are shown.

    A running syncd reads them at once.
    """
    _make_missing_file(context)
    path = context.begin().matching.aliases
    context.load()
    if path is None:
        raise WrongUsageError(f"matching.aliases is not set: {_how_to_set(context)}")
    if _same_file(file, path):
        raise WrongUsageError(f"{file} is the alias file itself; `syncd aliases check` looks at it")
    checked = _checked(context, file, form)
    new = checked.rows(RowState.NEW)
    if new:
        _add_rows(path, new)
    _print_problems(checked)
    print_line(f"{checked.summary}. The alias file is {path}.")
    if new:
        print_line(run_async(_notify_daemon(context, path)))
    ctx.exit(1 if checked.problems else 0)


def _how_to_set(context: CommandContext) -> str:
    return f'write aliases = "config/aliases.toml" under [matching] in {context.path}; import makes the file'


def _make_missing_file(context: CommandContext) -> None:
    """Make the alias file, empty, if that it does not exist is all that is wrong with the config."""
    try:
        context.load()
    except ConfigError as error:
        missing = [each for each in error.problems if isinstance(each, MissingFileProblem)]
        if len(missing) == len(error.problems) == 1:
            _write(Path(missing[0].path), "")


def _same_file(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _checked(context: CommandContext, file: Path, form: str | None) -> CheckedTable:
    known_form = AliasFormat(form) if form else SUFFIXES.get(file.suffix.lower())
    if known_form is None:
        endings = ", ".join(SUFFIXES)
        raise WrongUsageError(f"{file}: the format is not known by the name ({endings}); give it by --format")
    table = read_table(_read(file), known_form)
    path = context.settings.matching.aliases
    known = Aliases() if path is None or _same_file(file, path) else read_aliases(path)
    year = context.clock.now().year
    judged = judge_rows(table.rows, current=known, knowledge=shipped(), year=year, source=str(path))
    return CheckedTable(file, known_form, table, judged)


def _read(file: Path) -> str:
    try:
        return read_plain(file, MAX_ALIAS_FILE_BYTES)
    except OSError as error:
        raise CommandError(f"cannot read {file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CommandError(f"cannot read {file}: it is not UTF-8 text; save it as UTF-8") from None


def _write(path: Path, text: str) -> None:
    try:
        write_private(path, text)
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from None


def _add_rows(path: Path, rows: list[AliasRow]) -> None:
    try:
        merged = merge(_read(path), rows, str(path))
    except AliasError as error:
        raise CommandError(str(error)) from None
    _write(path, merged)


def _remarks(listed: ListedNames | None, judged: Iterable[JudgedRow]) -> list[str]:
    """Return what to add to each row: which names no list has now."""
    return [listed.lack(each.row) if listed and each.state is RowState.NEW else "" for each in judged]


def _print_rows(checked: CheckedTable, remarks: Iterable[str]) -> None:
    for each, remark in zip(checked.judged, remarks, strict=True):
        reason = each.reason if each.state is RowState.KNOWN else ""
        notes = "; ".join(note for note in (reason, remark) if note)
        line = f"{checked.file}:{each.row.line}: {each.row}, {each.state}{f' ({notes})' * bool(notes)}"
        click.echo(one_line(line))


def _print_problems(checked: CheckedTable) -> None:
    if checked.problems:
        print_line(f"{counted(len(checked.problems), 'problem')}:", style="red")
    for line, text in checked.problems:
        click.echo(one_line(f"{checked.file}:{line}: {text}" if line else f"{checked.file}: {text}"))


def _document(checked: CheckedTable, remarks: Iterable[str]) -> dict[str, object]:
    rows = [
        {**each.row._asdict(), "state": each.state, "reason": each.reason, "remark": remark}
        for each, remark in zip(checked.judged, remarks, strict=True)
    ]
    problems = [problem._asdict() for problem in checked.problems]
    return {"file": str(checked.file), "format": checked.form, "rows": rows, "problems": problems}


def _lacks_database(context: CommandContext) -> bool:
    return address.parse(context.settings.store.url.get_secret_value()).is_missing


async def _listed(context: CommandContext) -> ListedNames | None:
    if _lacks_database(context):
        return None
    try:
        async with open_store(context) as store:
            settings = context.settings
            return await listed_names(store, settings.pinnacle.sports, settings.bettune.horizon)
    except StoreError as error:
        print_line(f"The names are not compared with the lists: {error}", style="yellow")
        return None


async def _notify_daemon(context: CommandContext, path: Path) -> str:
    if _lacks_database(context):
        return CommandStatus.NO_DAEMON
    try:
        async with open_store(context) as store:
            return await _request_reading(store, path)
    except StoreError as error:
        return f"A running syncd could not be reached: {error}. It reads the names at its next start."


async def _request_reading(store: Store, path: Path) -> str:
    if await lease_holder(store) is None:
        return CommandStatus.NO_DAEMON
    async with store.write() as conn:
        await facts.put(conn, facts.ALIAS_FILE, None, store.clock.now())
        command_id = await commands.request(conn, Verb.ALIASES_CHANGED, store.clock.now(), by=user_name())
    status = await wait_until_done(store, command_id)
    if status is not CommandStatus.DONE:
        return status
    async with store.read() as conn:
        return _applied(await facts.get(conn, facts.ALIAS_FILE, str), path)


def _applied(read: str | None, path: Path) -> str:
    """Say what the running syncd has done, by the alias file that it reads; a syncd before 0.2 names none."""
    if read is None or read == str(path.resolve()):
        return CommandStatus.DONE
    if not read:
        return "The config of the running syncd names no alias file: it does not read this one."
    return f"The running syncd has another config, with the alias file {read}: it does not read this one."
