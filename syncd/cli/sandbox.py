"""`syncd sandbox`: both simulated services, a config and a database to try every command on."""

import asyncio
import shlex
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from syncd.cli.command import CliCommand, CommandError
from syncd.cli.context import run_async
from syncd.cli.output import print_line
from syncd.demo.sandbox_folder import PRESETS, OpenSandbox, SandboxError, SandboxOptions, open_sandbox
from syncd.runtime import logs
from syncd.runtime.clock import SystemClock

TO_TRY = (
    ("syncd check", "what would not work, and what each filter means at Pinnacle"),
    ("syncd plan", "what would be written to BetTune, and why"),
    ("syncd run", "do it until Ctrl-C"),
    ("syncd status", "and matches --review, explain, pause, resync, withdraw"),
)


@click.command(cls=CliCommand)
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("data/sandbox"),
    show_default=True,
    help="For config and database, which are new at each start.",
)
@click.option("--seed", default=1, show_default=True, help="Another seed gives another world.")
@click.option(
    "--speed", default=1.0, show_default=True, type=click.FloatRange(0, 20), help="2: twice as many changes."
)
@click.option("--preset", type=click.Choice(PRESETS), default="pinnacle", show_default=True)
@click.option(
    "--pace",
    default=2,
    show_default=True,
    type=click.IntRange(1, 600),
    help="Seconds between requests to Pinnacle.",
)
@click.option(
    "--requests",
    default=900,
    show_default=True,
    type=click.IntRange(1),
    help="Requests a minute that BetTune allows.",
)
@click.option("--leagues", type=click.IntRange(1), help="Only so many leagues.  [default: all]")
def sandbox(
    *, folder: Path, seed: int, speed: float, preset: str, pace: int, requests: int, leagues: int | None
) -> None:
    """Simulate Pinnacle and BetTune with moving prices until Ctrl-C, to try every command on.

    It needs no account, and nothing leaves this machine. The config that it writes names both services and a
    database beside it: in a second terminal every command works as with real ones.
    """
    logs.set_up(level="error")
    options = SandboxOptions(
        folder=folder,
        seed=seed,
        speed=speed,
        preset=preset,
        pace=pace,
        requests=requests,
        leagues=leagues,
    )
    try:
        run_async(_run(options))
    except SandboxError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"cannot write into {folder}: {error.strerror}") from None


async def _run(options: SandboxOptions) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with open_sandbox(options, SystemClock()) as found:
        for line in _welcome(found):
            print_line(line)
        sys.stdout.flush()
        await stopped.wait()
    print_line(f"Stopped. Config and database stay in {found.config.parent} until the next start.")


def _welcome(found: OpenSandbox) -> Iterator[str]:
    yield f"Served until Ctrl-C: Pinnacle with {found.events} matches, BetTune with {found.matches}."
    yield "In a second terminal:"
    yield ""
    yield f"  export {_path()}SYNCD_CONFIG={shlex.quote(str(found.config))}"
    yield ""
    for command, about in TO_TRY:
        yield f"  {command:<14}{about}"


def _path() -> str:
    """The assignment by which a shell finds `syncd`; empty if it does already."""
    if shutil.which("syncd"):
        return ""
    return f'PATH={shlex.quote(str(Path(sys.executable).parent))}:"$PATH" '
