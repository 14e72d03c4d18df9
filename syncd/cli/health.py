"""`syncd health`: the container's health check."""

import http.client
import ipaddress
import json
from typing import Any

import click

from syncd.cli.command import Command, Failure
from syncd.cli.context import App, pass_app
from syncd.cli.output import say

PATIENCE = 3.0
"""Seconds: less than any orchestrator waits."""


@click.command(cls=Command)
@pass_app
def health(app: App) -> None:
    """Ask the syncd that runs by this config whether it is well: exit status 0, else 1."""
    web = app.settings.web
    if not web.port:
        raise Failure("web.port is 0, a free one each time: give it a number to ask after its health")
    status, words = ask(reachable(web.host), web.port)
    if status != http.HTTPStatus.OK:
        raise Failure(f"not well: {words}")
    say(words)


def reachable(host: str) -> str:
    """Where to ask a server that listens at this address: one that listens everywhere is asked at home."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == 4 else "::1"


def ask(host: str, port: int) -> tuple[int, str]:
    """The status and the words of `/healthz`. Proxies of the environment are not asked."""
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return answer.status, _words(answer.read())
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise Failure(f"no syncd answers at {host} port {port}: {reason.lower()}") from None
    finally:
        connection.close()


def _words(body: bytes) -> str:
    try:
        said: Any = json.loads(body)
    except ValueError:
        return "its answer is not syncd's"
    if not isinstance(said, dict) or "state" not in said:
        return "its answer is not syncd's"
    return "; ".join([str(said["state"]), *map(str, said.get("reasons", ()))])
