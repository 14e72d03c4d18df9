"""Logging: one event code and its fields per line, on standard error, never a secret.

An event is a stable code with fields, not a sentence: `log.info("prediction_put", filter=7, odds=odds)`.
What is expected to happen (a refused login, an outage) is logged without a traceback.
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
from typing import Any, Literal, TextIO
from urllib.parse import quote

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import Processor

OWN = "syncd"
"""The logger above all of ours; its level is the configured one. Libraries speak from warning on."""

MASK = "***"
SHORTEST_SECRET = 4
"""A shorter one is not searched for: masking every "a" would hide the log, and the secret is lost anyway."""

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
    """Begin logging, or change how, as at SIGHUP. `secrets` are masked wherever they turn up."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.set_name(OWN)
    handler.setFormatter(_formatter(form, Mask(secrets), colours=_has_colours(stream)))
    root = logging.getLogger()
    for old in [one for one in root.handlers if one.get_name() == OWN]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(OWN).setLevel(level.upper())
    structlog.configure(
        # First of all, so that a line that nobody wants costs nothing.
        processors=[structlog.stdlib.filter_by_level, *_fields(), ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        # Loggers are made at import, before the config is read; a cached one would keep the old set-up.
        cache_logger_on_first_use=False,
    )


class Mask:
    """Takes secrets out of a finished line, in whatever spelling they got there."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = {spelling for secret in secrets for spelling in _spellings(secret)}
        longest_first = sorted(known, key=lambda spelling: (-len(spelling), spelling))
        self._known = re.compile("|".join(map(re.escape, longest_first))) if known else None

    def __call__(self, _logger: object, _method: str, line: str) -> str:
        """The line without them."""
        if self._known:
            line = self._known.sub(MASK, line)
        return CREDENTIALS.sub(rf"\1 {MASK}", line)


def _spellings(secret: str) -> set[str]:
    if len(secret) < SHORTEST_SECRET:
        return set()
    quoted = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1]}
    return {secret, quote(secret), quote(secret, safe=""), *quoted}


def mask_secret_fields(_logger: object, _method: str, event: Event) -> Event:
    """Text under a name like `password` or `Authorization` is never shown, whatever it is."""
    for name, value in event.items():
        # Numbers stay: the fencing token of the lease is no secret.
        if isinstance(value, str | bytes) and value and SECRET_FIELDS.search(name):
            event[name] = MASK
    return event


def plain_fields(_logger: object, _method: str, event: Event) -> Event:
    """Values as people write them: `1.95` rather than `Decimal('1.95')`."""
    for name, value in event.items():
        if name != "exc_info":
            event[name] = _plain(value)
    return event


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g}s"
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    return str(value) if isinstance(value, Decimal) else value


def seconds_only(_logger: object, _method: str, event: Event) -> Event:
    """The time as people read it; microseconds are for programs."""
    event["timestamp"] = event["timestamp"][:19].replace("T", " ")
    return event


def in_order(_logger: object, _method: str, event: Event) -> Event:
    """When, how grave and what first, so that a line of JSON can be read by eye too."""
    first = {name: event.pop(name) for name in ("timestamp", "level", "event") if name in event}
    return first | dict(event)


def _fields() -> list[Processor]:
    """What every line gets, ours and those of libraries."""
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
        render = [structlog.processors.format_exc_info, in_order, json_line]
    else:
        # Rich tracebacks, the default, show local variables, and secrets among them.
        plain = structlog.dev.plain_traceback
        render = [seconds_only, structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=plain)]
    foreign: list[Processor] = [structlog.stdlib.ExtraAdder(), *_fields()]
    last: Any = mask  # the only step after a renderer: it takes a line, not an event
    return ProcessorFormatter(
        foreign_pre_chain=foreign,
        processors=[ProcessorFormatter.remove_processors_meta, *render, last],
    )


def _has_colours(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR")
