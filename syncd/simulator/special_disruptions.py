"""Random disruptions of the specials of a game, and their repair."""

from collections.abc import Callable
from datetime import datetime, timedelta

from syncd.simulator import listed_specials
from syncd.simulator.game import SimulatedGame
from syncd.simulator.listed import ListedSpecial
from syncd.simulator.world import World

EARLY_CUTOFF_AFTER = timedelta(seconds=2)
"""From the moment an early cutoff is listed to the cutoff."""


def disrupt_special(world: World, game: SimulatedGame) -> str | None:
    """Disrupt one open special of the game. Returns a description, or None if no special is open."""
    candidates = [special for special in game.specials if special.is_open(world.now())]
    if not candidates:
        return None
    special = world.rng.choice(candidates)
    description, disrupt = world.rng.choice(DISRUPTIONS)
    disrupt(world, game, special)
    return f"{description} «{special.name}»"


def restore_specials(world: World, game: SimulatedGame) -> bool:
    """Open all specials of the game again, with every contestant. Returns whether any was disrupted."""
    restored = False
    for special in game.specials:
        if not special.over and not _is_whole(special, game.kickoff, world.now()):
            _restore(world, special, game.kickoff)
            restored = True
    return restored


def _is_whole(special: ListedSpecial, cutoff: datetime, now: datetime) -> bool:
    withdrawn = any(contestant.withdrawn for contestant in special.contestants)
    return special.is_open(now) and special.cutoff == cutoff and not withdrawn


def _restore(world: World, special: ListedSpecial, cutoff: datetime) -> None:
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
    listed_specials.set_cutoff(world, special, world.now() + EARLY_CUTOFF_AFTER)


def _recreate(world: World, game: SimulatedGame, special: ListedSpecial) -> None:
    listed_specials.recreate(world, game, special, listed=world.rng.random() < 0.5)


DISRUPTIONS: tuple[tuple[str, Callable[[World, SimulatedGame, ListedSpecial], None]], ...] = (
    ("loses a contestant of", _withdraw),
    ("loses all lines of", _empty),
    ("has the halted special", _halt),
    ("has an early cutoff of", _cut_off),
    ("has a new special instead of", _recreate),
)
