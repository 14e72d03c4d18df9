"""The leagues and clubs of `football.txt`, under Pinnacle's names and BetTune's."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Club:
    """A team, under Pinnacle's name and under BetTune's."""

    pinnacle: str
    bettune: str


@dataclass(frozen=True, slots=True)
class SimulatedCompetition:
    """A league as Pinnacle lists it, with the country and the tournament under which BetTune lists it."""

    league: str
    country: str
    tournament: str
    tier: int
    """1: the largest limits and the most markets; 3: the smallest and the fewest."""
    clubs: tuple[Club, ...]


@cache
def competitions() -> tuple[SimulatedCompetition, ...]:
    """All leagues of the simulated world, in the order of the file."""
    text = files(__package__).joinpath("football.txt").read_text(encoding="utf-8")
    blocks: list[tuple[str, list[Club]]] = []
    for line in text.splitlines():
        if line.startswith("= "):
            blocks.append((line[2:], []))
        elif line and not line.startswith("#"):
            blocks[-1][1].append(_club(line))
    return tuple(_competition(head, clubs) for head, clubs in blocks)


def _club(line: str) -> Club:
    pinnacle, _, bettune = (part.strip() for part in line.partition("|"))
    return Club(pinnacle, bettune or pinnacle)


def _competition(head: str, clubs: list[Club]) -> SimulatedCompetition:
    league, country, tournament, tier = (part.strip() for part in head.split("|"))
    return SimulatedCompetition(league, country, tournament, int(tier), tuple(clubs))
