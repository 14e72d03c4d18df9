"""`syncd health`: the container's health check."""

import http.client
import ipaddress
import json
from typing import Any

import click

from syncd.cli.command import CliCommand, CommandError
from syncd.cli.context import CommandContext, pass_command_context
from syncd.cli.output import print_line

TIMEOUT_S = 3.0
"""Less than any orchestrator waits."""


@click.command(cls=CliCommand)
@pass_command_context
def health(context: CommandContext) -> None:
    """Check whether the syncd that runs with this config is healthy: exit status 0, else 1."""
    web = context.settings.web
    context.name_config()
    if not web.port:
        raise CommandError(
            "web.port is 0, which is another port at each start: set a number to check the health"
        )
    status, text = request_health(reachable_host(web.host), web.port)
    if status != http.HTTPStatus.OK:
        raise CommandError(f"not healthy: {text}")
    print_line(text)


def reachable_host(host: str) -> str:
    """Turn the address a server listens at into one to connect to: loopback if it listens everywhere."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == 4 else "::1"


def request_health(host: str, port: int) -> tuple[int, str]:
    """Request `/healthz`; returns its status and text. Proxies of the environment are not used.

    Raises `CommandError` if nothing responds.
    """
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/healthz")
        response = connection.getresponse()
        return response.status, _health_text(response.read())
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise CommandError(f"no syncd responds at {host} port {port}: {reason.lower()}") from None
    finally:
        connection.close()


def _health_text(body: bytes) -> str:
    try:
        health: Any = json.loads(body)
    except ValueError:
        return "the response is not syncd's"
    if not isinstance(health, dict) or "state" not in health:
        return "the response is not syncd's"
    return "; ".join([str(health["state"]), *map(str, health.get("reasons", ()))])
