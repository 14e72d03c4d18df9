"""`syncd notify`: messages to the addresses of `[notify]`."""

import click

from syncd.cli.command import CliGroup, CommandError, WrongUsageError
from syncd.cli.context import CommandContext, pass_command_context, run_async
from syncd.cli.output import print_line, print_warning
from syncd.runtime.notifier import deliver, faults_of, make_notifier

TITLE = "syncd: a test"
BODY = "If you can read this, syncd reaches you here. It was sent by `syncd notify test`."


@click.group(cls=CliGroup)
def notify() -> None:
    """Try the addresses of [notify]."""


@notify.command()
@pass_command_context
def test(context: CommandContext) -> None:
    """Send a message to each address of notify.urls, and say which arrived.

    Exit status 1 if one did not.
    """
    addresses = context.begin().notify.addresses
    if not addresses:
        raise WrongUsageError("notify.urls is empty: there is nobody to notify (docs/configuration.md)")
    faults = faults_of(addresses)
    failed = 0
    for place, url in enumerate(addresses):
        service = url.partition("://")[0]
        fault = faults.get(place) or run_async(_fault(url))
        failed += bool(fault)
        if fault:
            print_warning(f"notify.urls[{place}] ({service}): {fault}")
        else:
            print_line(f"notify.urls[{place}] ({service}): delivered")
    if failed:
        raise CommandError(f"{failed} of {len(addresses)} addresses did not take the message")


async def _fault(url: str) -> str:
    notifier = make_notifier([url])
    if notifier and await deliver(notifier, TITLE, BODY):
        return ""
    return "not delivered: the service refused it, or did not answer within 30 s"
