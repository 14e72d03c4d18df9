"""The frame of all pages: the templates, the navigation, and the one text that says how it goes."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from syncd.model.link import LinkState
from syncd.runtime.printable import one_line
from syncd.store.mode import Mode
from syncd.views import formatting
from syncd.views.status_values import Status
from syncd.web.static_files import asset_address

FILTERS: Final = (
    formatting.age,
    formatting.ago,
    formatting.code_text,
    formatting.count,
    formatting.counted,
    formatting.duration,
    formatting.odds,
)

TimeForm = Literal["near", "second", "minute", "full"]
"""`near` leaves out the day if it is today's; `full` has the year. The script knows the same forms."""

TIME_FORMATS: Final[dict[TimeForm, str]] = {
    "second": "%d %b %H:%M:%S",
    "minute": "%a %d %b %H:%M",
    "full": "%d %b %Y %H:%M:%S",
}


class Badge(NamedTuple):
    """The one text on top of each page, and its colour."""

    text: str
    tone: str
    """`good`, `wait` or `bad`."""


class NavLink(NamedTuple):
    """A page in the navigation."""

    path: str
    """Below the first page, without a slash in front."""
    text: str
    waiting: int = 0
    """The number of things that wait there; 0 is not shown."""
    is_current: bool = False


PAGES: Final = (
    ("", "Overview"),
    ("bets", "Bets"),
    ("review", "Review"),
    ("activity", "Activity"),
    ("filters", "Filters"),
    ("controls", "Controls"),
)


def navigation(path: str, status: Status | None, known: frozenset[str]) -> Iterator[NavLink]:
    """Yield the pages of `known` paths, with what waits there; `path` is that of the request."""
    counts = {"review": status.counts.links[LinkState.REVIEW]} if status else {}
    for name, text in PAGES:
        if f"/{name}" in known:
            yield NavLink(name, text, counts.get(name, 0), is_current=path == f"/{name}")


def badge(status: Status) -> Badge:
    """Choose what matters most now."""
    if status.live is None:
        another_works = status.lease is not None and status.lease.is_held
        return Badge("standing by", "wait") if another_works else Badge("not working", "bad")
    if any(each.notify and each.subject not in status.seen for each in status.alerts):
        return Badge("needs attention", "bad")
    if status.mode is not Mode.RUNNING:
        return Badge(status.mode, "wait")
    if status.stale or not status.live.planned:
        return Badge("starting", "wait")
    return Badge("alert", "wait") if status.alerts else Badge("working", "good")


def stamp(at: datetime, now: datetime, form: TimeForm = "near") -> Markup:
    """Show a moment in UTC, which the script turns into local time."""
    is_today = form == "near" and at.date() == now.date()
    text = at.strftime("%H:%M:%S" if is_today else TIME_FORMATS.get(form, TIME_FORMATS["second"]))
    return Markup('<time datetime="{}" data-form="{}">{}</time>').format(at.isoformat(), form, text)


def code_spans(text: str) -> Markup:
    """Show what stands in backticks as code, as the texts of the settings have it."""
    parts = text.split("`")
    code, plain = Markup("<code>{}</code>"), Markup("{}")
    shown = ((code if index % 2 else plain).format(each) for index, each in enumerate(parts))
    return Markup("").join(shown)


def _safe_to_show(value: object) -> object:
    """Without what a browser applies to the text around it: direction marks and the like."""
    return one_line(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def templates() -> Environment:
    """Load the templates: all that they print is escaped, and an unknown name is an error."""
    environment = Environment(
        loader=PackageLoader("syncd.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_safe_to_show,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {each.__name__: each for each in FILTERS} | {
        "stamp": stamp,
        "code_spans": code_spans,
    }
    environment.globals["asset"] = asset_address
    return environment
