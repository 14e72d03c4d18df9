"""The leagues and clubs of `football.txt`, under Pinnacle's names and BetTune's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Club:
    """A team, under Pinnacle's name and under BetTune's."""

    pinnacle: str
    bettune: str
    translations: Mapping[str, str] = field(default_factory=dict, hash=False)
    """By culture, such as `de-DE`, the name that Pinnacle's translations have."""


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
    pinnacle, bettune, *translations = [part.strip() for part in f"{line}|".split("|")]
    by_culture = dict[str, str](each.split(maxsplit=1) for each in translations if each)
    return Club(pinnacle, bettune or pinnacle, by_culture)


def _competition(head: str, clubs: list[Club]) -> SimulatedCompetition:
    league, country, tournament, tier = (part.strip() for part in head.split("|"))
    return SimulatedCompetition(league, country, tournament, int(tier), tuple(clubs))
