"""The sandbox as a command: both simulated servers, and the config that fits them."""

import asyncio
import signal
from contextlib import suppress

import click

from syncd.simulator.fixture_list import Extent
from syncd.simulator.pinnacle_dialects import DIALECTS, equal_pace
from syncd.simulator.random_events import BRISK, CALM
from syncd.simulator.sandbox import Sandbox

CONFIG = """\
[pinnacle]
preset = "{preset}"
base_url = "{pinnacle}"
username = "demo"
password = "demo"

[pinnacle.pace]
{pace}

[bettune]
base_url = "{bettune}"
token = "demo-token"

[bettune.limit]
requests = {requests}
window = "60s"

[[rules]]
filter = "Pinnacle*"
"""
PACE_KEYS = ("fixtures", "odds", "specials", "settled")


@click.command()
@click.option("--pinnacle-port", default=8801, show_default=True, help="0 takes a free one.")
@click.option("--bettune-port", default=8802, show_default=True, help="0 takes a free one.")
@click.option("--preset", type=click.Choice(sorted(DIALECTS)), default="pinnacle", show_default=True)
@click.option("--pace", default=5, show_default=True, help="Seconds between calls that Pinnacle allows.")
@click.option("--requests", default=300, show_default=True, help="Requests a minute that BetTune allows.")
@click.option("--leagues", default=None, type=int, help="So many leagues only.")
@click.option("--seed", default=1, show_default=True)
@click.option("--brisk", is_flag=True, help="Let everything happen within a minute.")
def main(
    *,
    pinnacle_port: int,
    bettune_port: int,
    preset: str,
    pace: int,
    requests: int,
    leagues: int | None,
    seed: int,
    brisk: bool,
) -> None:
    """Simulate Pinnacle and BetTune, so that a config can be tried without an account."""
    box = Sandbox(
        seed=seed,
        preset=preset,
        extent=Extent(leagues=leagues),
        tempo=BRISK if brisk else CALM,
        pinnacle={"pace": equal_pace(pace)},
        bettune={"requests": requests},
        pinnacle_port=pinnacle_port,
        bettune_port=bettune_port,
    )
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(box, preset, pace, requests))


async def _serve(box: Sandbox, preset: str, pace: int, requests: int) -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    try:
        async with box:
            click.echo(starter_config(box, preset, pace, requests))
            games = len(box.world.games)
            click.echo(f"# {games} games, {len(box.bettune.account.filters)} filters. Ctrl-C ends.")
            await stopped.wait()
    except OSError as error:
        raise click.ClickException(f"Cannot listen: {error.strerror}. Choose other ports.") from None


def starter_config(box: Sandbox, preset: str, pace: int, requests: int) -> str:
    """A config file that works against this sandbox."""
    lines = [f'{key}_{kind} = "{pace}s"' for key in PACE_KEYS for kind in ("snapshot", "delta")]
    return CONFIG.format(
        preset=preset,
        pinnacle=box.pinnacle_url,
        bettune=box.bettune_url,
        requests=requests,
        pace="\n".join([*lines, f'leagues = "{pace}s"', f'sports = "{pace}s"']),
    )
