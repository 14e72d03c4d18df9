"""Tables as CSV, sent while they are made, and harmless in a spreadsheet."""

import csv
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from io import StringIO

import structlog
from aiohttp import web

from syncd.model.decimals import format_odds
from syncd.runtime.printable import one_line
from syncd.store.errors import StoreError

log = structlog.get_logger(__name__)

Cell = str | int | Decimal | datetime | None

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""A spreadsheet computes what begins with one of these."""


async def send_csv(
    request: web.Request, name: str, header: Sequence[str], chunks: AsyncIterator[Iterable[Sequence[Cell]]]
) -> web.StreamResponse:
    """Send the rows as a file of this name. Raises `StoreError` if that comes before the first row.

    If the store fails later, the connection is cut: a file that lacks rows must not look whole.
    """
    try:
        first = await anext(chunks)
    except StopAsyncIteration:
        first = ()
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    response = web.StreamResponse(headers=headers)
    response.content_type, response.charset = "text/csv", "utf-8"
    await response.prepare(request)
    try:
        await response.write(_lines([header]) + _lines(first))
        async for chunk in chunks:
            await response.write(_lines(chunk))
    except StoreError as error:
        log.warning("csv_cut_short", name=name, reason=str(error))
        if request.transport is not None:
            request.transport.abort()
    return response


def _lines(rows: Iterable[Sequence[Cell]]) -> bytes:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([cell_text(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def cell_text(cell: Cell) -> str:
    """Return the text of a cell; an apostrophe in front keeps a text from being a formula."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return format_odds(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, int):
        return str(cell)
    text = one_line(cell)
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) else text
