"""What this machine and what persons ordered stand in the way of."""

import errno
import socket
from collections.abc import Iterator

from syncd.config.settings import WebSettings
from syncd.store.mode import Mode
from syncd.views.check.report import Finding, problem, warning


def check_port(web: WebSettings) -> Iterator[Finding]:
    """Whether `syncd run` could listen; to be asked only while none runs."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(web.host, web.port, type=socket.SOCK_STREAM)[
            0
        ]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        words = "is in use by another program" if taken else f"cannot be used: {error.strerror or error}"
        yield problem("web", f"port {web.port} of {web.host} {words}", "choose another web.port or web.host")


def check_mode(ordered: Mode) -> Iterator[Finding]:
    """A pause that somebody has forgotten."""
    if ordered is Mode.PAUSED:
        yield warning("mode", "syncd is paused: nothing is written", "syncd resume")
    elif ordered is Mode.WITHDRAWN:
        yield warning("mode", "everything is withdrawn: no prediction is made", "syncd resume")
