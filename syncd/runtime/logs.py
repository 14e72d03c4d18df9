"""Logging: one event code and its fields per line, on standard error, never a secret.

An event is a stable code with fields, not a sentence: `log.info("prediction_written", filter=7, odds=odds)`.
The field `for_people` is such a sentence beside it: a console shows it in place of code and fields, JSON
lacks it. Expected failures (a refused login, an outage) are logged without a traceback.
"""

import json
import logging
import os
import re
import sys
from collections.abc import Iterable, MutableMapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from io import StringIO
from typing import Any, Literal, TextIO
from urllib.parse import quote

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import ExcInfo, Processor

from syncd.model.decimals import format_odds
from syncd.runtime.printable import escaped

ROOT_LOGGER = "syncd"
"""The parent of all our loggers, at the configured level. Libraries log from warning on."""

FOR_PEOPLE = "for_people"
"""The field with the sentence that a console shows."""

MASK = "***"
SHORTEST_SECRET = 4
"""A shorter secret is not masked: masking every "a" would hide the log, and it is no secret anyway."""

SECRET_FIELDS = re.compile(r"authorization|password|passwd|secret|token|cookie|api_?key", re.IGNORECASE)
CREDENTIALS = re.compile(r"\b(Basic|Bearer)\s+[A-Za-z0-9+/=._~-]{4,}", re.IGNORECASE)

Event = MutableMapping[str, Any]


def set_up(
    *,
    level: str = "info",
    form: Literal["console", "json"] = "console",
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Start logging, or change the set-up, as at SIGHUP. `secrets` are masked wherever they occur."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.set_name(ROOT_LOGGER)
    mask = Mask(secrets)
    handler.setFormatter(_formatter(form, mask, colours=_has_colours(stream)))
    masks[:] = [mask]
    root = logging.getLogger()
    for old in [one for one in root.handlers if one.get_name() == ROOT_LOGGER]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(ROOT_LOGGER).setLevel(level.upper())
    structlog.configure(
        # First, so that a line below the level costs nothing.
        processors=[structlog.stdlib.filter_by_level, *_fields(), ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        # Loggers are created at import, before the config is read; a cached one would keep the old set-up.
        cache_logger_on_first_use=False,
    )


class Mask:
    """Removes secrets from a finished line, in every spelling they may have there."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = {spelling for secret in secrets for spelling in _spellings(secret)}
        longest_first = sorted(known, key=lambda spelling: (-len(spelling), spelling))
        self._known = re.compile("|".join(map(re.escape, longest_first))) if known else None

    def __call__(self, _logger: object, _method: str, line: str) -> str:
        """The line with secrets masked."""
        if self._known:
            line = self._known.sub(MASK, line)
        return CREDENTIALS.sub(rf"\1 {MASK}", line)


masks: list[Mask] = []
"""The mask in use, if logging is set up."""


def masked(text: str) -> str:
    """Mask the secrets of the config in a text that is shown outside of the log."""
    return masks[0](None, "", text) if masks else CREDENTIALS.sub(rf"\1 {MASK}", text)


def _spellings(secret: str) -> set[str]:
    if len(secret) < SHORTEST_SECRET:
        return set()
    quoted = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1]}
    return {secret, quote(secret), quote(secret, safe=""), *quoted}


def mask_secret_fields(_logger: object, _method: str, event: Event) -> Event:
    """Mask any text whose name is like `password` or `Authorization`."""
    for name, value in event.items():
        # Numbers stay: the fencing token of the lease is no secret.
        if isinstance(value, str | bytes) and value and SECRET_FIELDS.search(name):
            event[name] = MASK
    return event


def plain_fields(_logger: object, _method: str, event: Event) -> Event:
    """Show values as people write them: `1.95` rather than `Decimal('1.95')`."""
    for name, value in event.items():
        # Those that begin with _ are structlog's own.
        if name != "exc_info" and not name.startswith("_"):
            event[name] = _plain_value(value)
    return event


def _plain_value(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain_value(each) for each in value]
    if isinstance(value, dict):
        return {_plain_value(name): _plain_value(each) for name, each in value.items()}
    text = _text_of(value)
    return value if text is None else escaped(text)


def _text_of(value: Any) -> str | None:
    """Return a value as people write it; None if it is a number or something else that is shown as it is."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g}s"
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    if isinstance(value, Decimal):
        return format_odds(value)
    return value if isinstance(value, str) else None


def seconds_only(_logger: object, _method: str, event: Event) -> Event:
    """Shorten the time for people; microseconds are for programs."""
    event["timestamp"] = event["timestamp"][:19].replace("T", " ")
    return event


def only_sentence(_logger: object, _method: str, event: Event) -> Event:
    """Put the sentence for people, where there is one, in the place of code and fields."""
    if FOR_PEOPLE not in event:
        return event
    kept = {name: event[name] for name in ("timestamp", "level", "exc_info") if name in event}
    return kept | {"event": event[FOR_PEOPLE]}


def without_sentence(_logger: object, _method: str, event: Event) -> Event:
    """Remove what was written for people."""
    event.pop(FOR_PEOPLE, None)
    return event


def in_order(_logger: object, _method: str, event: Event) -> Event:
    """Put time, level and event first, so that people can read a line of JSON too."""
    first = {name: event.pop(name) for name in ("timestamp", "level", "event") if name in event}
    return first | dict(event)


def _fields() -> list[Processor]:
    """Processors for every line, ours and those of libraries."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%S.%fZ", utc=True),
        mask_secret_fields,
        plain_fields,
    ]


def _formatter(form: str, mask: Mask, *, colours: bool) -> ProcessorFormatter:
    render: list[Processor]
    if form == "json":
        json_line = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
        render = [without_sentence, structlog.processors.format_exc_info, in_order, json_line, _escaped_line]
    else:
        # Rich tracebacks, the default, show local variables, which may be secrets.
        console = structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=_plain_traceback)
        render = [seconds_only, only_sentence, console]
    foreign: list[Processor] = [structlog.stdlib.ExtraAdder(), *_fields()]
    last: Any = mask  # after a renderer, so it takes a line, not an event
    return ProcessorFormatter(
        foreign_pre_chain=foreign,
        processors=[ProcessorFormatter.remove_processors_meta, *render, last],
    )


def _plain_traceback(stream: TextIO, error: ExcInfo) -> None:
    """Write a traceback without what the exception's message may do to a terminal."""
    text = StringIO()
    structlog.dev.plain_traceback(text, error)
    stream.write(escaped(text.getvalue(), lines=True))


def _escaped_line(_logger: object, _method: str, line: Any) -> Any:
    """Escape what a traceback contains, in a finished line of JSON."""
    return escaped(line)


def _has_colours(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR")
