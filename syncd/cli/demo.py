"""`syncd demo`: the real daemon against a simulated Pinnacle and BetTune."""

import asyncio
import signal
from datetime import timedelta

import click

from syncd.cli.command import CliCommand, CommandError
from syncd.cli.context import run_async
from syncd.cli.duration import Duration
from syncd.cli.output import console
from syncd.cli.run import task_error_text
from syncd.demo.session import DemoOptions, DemoSession
from syncd.runtime import logs
from syncd.runtime.supervisor import TaskDiedError
from syncd.web.server import WebError, serve

PORT = click.IntRange(0, 65535)
SPEED = click.FloatRange(0.1, 20)


@click.command(cls=CliCommand)
@click.option("--for", "span", type=Duration(), help="End after this time, such as 60s. [default: on Ctrl-C]")
@click.option("--port", default=8080, show_default=True, type=PORT, help="Port of the page.")
@click.option("--seed", default=1, show_default=True, help="Another seed gives another world.")
@click.option("--speed", default=1.0, show_default=True, type=SPEED, help="2: twice as many changes.")
@click.option("--verbose", is_flag=True, help="Show the log of the daemon, too, on standard error.")
def demo(*, span: timedelta | None, port: int, seed: int, speed: float, verbose: bool) -> None:
    """Show what syncd does: the real daemon, a simulated Pinnacle and BetTune, and the page.

    It needs no account and no config, and nothing leaves this machine. At the end it checks that BetTune
    holds exactly what it should: exit status 0, else 1.
    """
    # The demo prints in its own words what the daemon would log.
    logs.set_up(level="info" if verbose else "error")
    session = DemoSession(DemoOptions(span=span, port=port, seed=seed, speed=speed), console(), serve)
    try:
        succeeded = run_async(_run(session))
    except WebError as error:
        raise CommandError(str(error)) from error
    except TaskDiedError as error:
        raise CommandError(task_error_text(error)) from error
    if not succeeded:
        raise click.exceptions.Exit(1)


async def _run(session: DemoSession) -> bool:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, session.stop)
    return await session.run()
