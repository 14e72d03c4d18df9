"""New rows put into the text of an alias file, whose comments and order stay as they are. Pure."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable

from syncd.matching.alias_files import AliasRow, toml_lines
from syncd.matching.aliases import NAMES, AliasError, parse
from syncd.matching.spelling import normalize

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def merge(text: str, rows: Iterable[AliasRow], source: str) -> str:
    """Return the text with the rows added, sorted, at the end of their tables.

    Raises `AliasError` if the file is wrong, or has its tables in a form that cannot be added to.
    """
    parse(text, source)
    by_table = defaultdict[tuple[str, ...], list[AliasRow]](list)
    for row in rows:
        by_table[(NAMES, row.country) if row.table == NAMES else (row.table,)].append(row)
    # Not splitlines: names may contain what that takes for the end of a line.
    lines = text.removesuffix("\n").split("\n") if text else []
    for table, added in sorted(by_table.items(), key=lambda each: _order(each[0])):
        _add(lines, table, sorted(added, key=lambda row: (normalize(row.name), row.name)))
    merged = "\n".join(lines) + "\n"
    try:
        parse(merged, source)
    except AliasError as error:
        advice = "write each table with a heading of its own, as in [teams]"
        raise AliasError(
            f"{source}: no row can be added to a file of this form; {advice} ({error})"
        ) from error
    return merged


def _order(table: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    return ("teams", "leagues", NAMES).index(table[0]), table


def _add(lines: list[str], table: tuple[str, ...], rows: list[AliasRow]) -> None:
    written = [f"{_quoted(row.name)} = {_value(row.target)}" for row in rows]
    at = _end_of(lines, table)
    if at is None:
        heading = ".".join(part if _BARE.fullmatch(part) else _quoted(part) for part in table)
        lines += [*([""] if lines and lines[-1].strip() else []), f"[{heading}]", *written]
    else:
        lines[at:at] = written


def _end_of(lines: list[str], table: tuple[str, ...]) -> int | None:
    """Return the index behind the last row of a table; None if the file has no heading for it."""
    headings = {
        path: number
        for path, number in toml_lines("\n".join(lines)).items()
        if lines[number - 1].lstrip().startswith("[")
    }
    if table not in headings:
        return None
    begin = headings[table]
    end = min((number - 1 for number in headings.values() if number > begin), default=len(lines))
    # A comment right above the next heading is that one's.
    while end > begin and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _value(target: str | int) -> str:
    return _quoted(target) if isinstance(target, str) else str(target)


def _quoted(text: str) -> str:
    """Write a TOML string: JSON's escapes are among TOML's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
