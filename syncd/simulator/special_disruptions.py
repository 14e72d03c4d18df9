"""What happens to the specials of a game by chance, and how it is made good again."""

from collections.abc import Callable
from datetime import datetime, timedelta

from syncd.simulator import listed_specials
from syncd.simulator.game import SimulatedGame
from syncd.simulator.listed import ListedSpecial
from syncd.simulator.world import World

SOON = timedelta(seconds=2)
"""A cutoff that comes early is told this long before."""


def disturb(world: World, game: SimulatedGame) -> str | None:
    """One special of the game loses something; in words what, or none where it has no special."""
    standing = [each for each in game.specials if each.is_open(world.now())]
    if not standing:
        return None
    special = world.rng.choice(standing)
    words, act = world.rng.choice(DISTURBANCES)
    act(world, game, special)
    return f"{words} «{special.name}»"


def mend(world: World, game: SimulatedGame) -> bool:
    """All specials of the game are open again, with every contestant. False: they were."""
    mended = False
    for special in game.specials:
        if not special.over and not _is_whole(special, game.kickoff, world.now()):
            _mend(world, special, game.kickoff)
            mended = True
    return mended


def _is_whole(special: ListedSpecial, cutoff: datetime, now: datetime) -> bool:
    withdrawn = any(contestant.withdrawn for contestant in special.contestants)
    return special.is_open(now) and special.cutoff == cutoff and not withdrawn


def _mend(world: World, special: ListedSpecial, cutoff: datetime) -> None:
    special.in_fixtures, special.status = True, "O"
    listed_specials.set_cutoff(world, special, cutoff)
    listed_specials.put_back(world, special)
    listed_specials.set_lines(world, special, shown=True)


def _withdraw(world: World, _: SimulatedGame, special: ListedSpecial) -> None:
    listed_specials.withdraw(world, special, world.rng.choice(special.contestants).name)


def _empty(world: World, _: SimulatedGame, special: ListedSpecial) -> None:
    listed_specials.set_lines(world, special, shown=False)


def _halt(world: World, _: SimulatedGame, special: ListedSpecial) -> None:
    listed_specials.set_status(world, special, "H")


def _cut_off(world: World, _: SimulatedGame, special: ListedSpecial) -> None:
    listed_specials.set_cutoff(world, special, world.now() + SOON)


def _recreate(world: World, game: SimulatedGame, special: ListedSpecial) -> None:
    listed_specials.recreate(world, game, special, listed=world.rng.random() < 0.5)


DISTURBANCES: tuple[tuple[str, Callable[[World, SimulatedGame, ListedSpecial], None]], ...] = (
    ("loses a contestant of", _withdraw),
    ("loses all lines of", _empty),
    ("has the halted special", _halt),
    ("has an early cutoff of", _cut_off),
    ("has a new special instead of", _recreate),
)
