"""Check for local obstacles: a port in use, a forgotten pause."""

import errno
import socket
from collections.abc import Iterator

from syncd.config.settings import WebSettings
from syncd.store.mode import Mode
from syncd.views.check.report import Finding, problem, warning


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
