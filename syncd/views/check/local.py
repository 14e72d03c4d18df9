"""Check what needs no request: the config, a port in use, a forgotten pause."""

import errno
import socket
from collections.abc import Iterator

from syncd.config.presets import PRESETS, Pace
from syncd.config.settings import Settings, WebSettings
from syncd.config.values import format_duration
from syncd.store.mode import Mode
from syncd.views.check.report import Finding, ok, problem, warning
from syncd.views.formatting import counted


def check_config(settings: Settings) -> Iterator[Finding]:
    """Check that there are rules, and that the pace is not faster than the host publishes."""
    if settings.rules:
        yield ok("config", counted(len(settings.rules), "rule"))
    else:
        yield problem(
            "config",
            "it has no rules, so every filter is left alone",
            "add [[rules]] with a filter's name or id",
        )
    yield from _pace(settings)


def check_port(web: WebSettings) -> Iterator[Finding]:
    """Check that `syncd run` could listen. Only meaningful while none runs."""
    try:
        addresses = socket.getaddrinfo(web.host, web.port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = addresses[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        in_use = error.errno == errno.EADDRINUSE
        state = "is in use by another program" if in_use else f"cannot be used: {error.strerror or error}"
        yield problem("web", f"port {web.port} of {web.host} {state}", "choose another web.port or web.host")


def check_mode(mode: Mode) -> Iterator[Finding]:
    """Check for a pause or a withdrawal that a user has forgotten."""
    if mode is Mode.PAUSED:
        yield warning("mode", "syncd is paused: nothing is written", "syncd resume")
    elif mode is Mode.WITHDRAWN:
        yield warning("mode", "everything is withdrawn: no prediction is made", "syncd resume")


def _pace(settings: Settings) -> Iterator[Finding]:
    preset = settings.pinnacle.preset
    published, configured = PRESETS[preset].pace, settings.pinnacle.pace
    faster = [
        f"{name} {format_duration(gap)} (preset {format_duration(getattr(published, name))})"
        for name in Pace.model_fields
        if name != "resnapshot" and (gap := getattr(configured, name)) < getattr(published, name)
    ]
    if faster:
        yield warning(
            "pinnacle.pace",
            f"faster than preset {preset}: {', '.join(faster)}",
            "more requests than the host publishes can cost the account",
        )
