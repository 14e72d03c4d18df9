"""`syncd health`: the container's health check."""

import http.client
import json
from typing import Any

import click

from syncd.cli.command import Command, Failure
from syncd.cli.context import App, pass_app
from syncd.cli.output import say

PATIENCE = 3.0
"""Seconds: less than any orchestrator waits."""

ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 (read, not bound)


@click.command(cls=Command)
@pass_app
def health(app: App) -> None:
    """Ask the syncd that runs by this config whether it is well: exit status 0, else 1."""
    web = app.settings.web
    if not web.port:
        raise Failure("web.port is 0, a free one each time: give it a number to ask after its health")
    host = ANYWHERE.get(web.host, web.host)
    status, words = ask(host, web.port)
    if status != http.HTTPStatus.OK:
        raise Failure(f"not well: {words}")
    say(f"well: {words}")


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
    return ", ".join(f"{name} {_plain(value)}" for name, value in said.items()) if said else "no details"


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)
