"""New games: how Pinnacle and BetTune list them, each in its own way."""

from datetime import timedelta

import msgspec

from syncd.model.bettune import Named
from syncd.simulator.bookmaker import first_prices
from syncd.simulator.fixture_list import GameDraft, Trap
from syncd.simulator.game import ListedMatch, SimulatedGame
from syncd.simulator.listed import ListedEvent
from syncd.simulator.listed_specials import list_outright, list_specials
from syncd.simulator.world_state import FeedName, WorldState

FIRST_MATCH, FIRST_NAME = 1_611_000, 400
LIVE_LENGTH = timedelta(hours=4)
"""From the kick-off to the cutoff of the live event."""


def list_game(state: WorldState, draft: GameDraft) -> SimulatedGame:
    """List the game at both services, unless a trap of the draft says otherwise."""
    game = SimulatedGame(
        competition=draft.competition,
        home=draft.home,
        away=draft.away,
        kickoff=draft.kickoff,
        rates=draft.rates,
        swapped=Trap.SWAPPED in draft.traps,
    )
    if Trap.ONLY_BETTUNE not in draft.traps:
        _list_at_pinnacle(state, game, draft.traps)
    if Trap.ONLY_PINNACLE not in draft.traps:
        game.match = _list_at_bettune(state, game, draft.traps)
    return game


def _list_at_pinnacle(state: WorldState, game: SimulatedGame, traps: frozenset[Trap]) -> None:
    retired_first = Trap.RETIRED_TWIN in traps and state.rng.random() < 0.5
    # The retired event is not always the older one: "use the greater id" would be wrong.
    if retired_first:
        game.twin = _retired_twin(state, game)
    main = game.main = _event(state, game, game.competition.league)
    main.in_fixtures = Trap.EARLY_ODDS not in traps
    if Trap.RETIRED_TWIN in traps and not retired_first:
        game.twin = _retired_twin(state, game)
    if Trap.NO_PRICES not in traps:
        first_prices(state, main, game.rates, game.competition.tier, game.kickoff)
    if Trap.PLACEHOLDER in traps or game.competition.tier == 3:
        return
    main.live_status = 2
    game.live = _live(state, game, main)
    if game.competition.tier == 1:
        game.children = [_child(state, game, main, unit) for unit in ("Corners", "Bookings")]
        if not any(special.league_id == main.league_id for special in state.specials.values()):
            list_outright(state, game)
    if Trap.NO_PRICES not in traps:
        list_specials(state, game, main)


def _event(state: WorldState, game: SimulatedGame, league: str, suffix: str = "") -> ListedEvent:
    event = ListedEvent(
        id=state.next_event_id(),
        league_id=state.league(league).id,
        home=game.home.pinnacle + suffix,
        away=game.away.pinnacle + suffix,
        starts=game.kickoff,
        stamp=state.stamp(FeedName.FIXTURES),
        rot_num=str(30_000 + 2 * len(state.events)),
    )
    state.events[event.id] = event
    return event


def _live(state: WorldState, game: SimulatedGame, main: ListedEvent) -> ListedEvent:
    """List the live event: hours before kick-off, halted, with its periods offline."""
    event = _event(state, game, game.competition.league)
    event.parent_id, event.live_status, event.status = main.id, 1, "H"
    first_prices(state, event, game.rates, game.competition.tier, game.kickoff + LIVE_LENGTH)
    for period in event.periods.values():
        period.offered = msgspec.structs.replace(period.offered, status=2)
    return event


def _child(state: WorldState, game: SimulatedGame, main: ListedEvent, unit: str) -> ListedEvent:
    event = _event(state, game, f"{game.competition.league} {unit}", f" ({unit})")
    event.parent_id, event.resulting_unit = main.id, unit
    first_prices(state, event, game.rates, game.competition.tier, game.kickoff)
    return event


def _retired_twin(state: WorldState, game: SimulatedGame) -> ListedEvent:
    event = _event(state, game, game.competition.league)
    event.rot_num, event.status = "99999", "H"
    return event


def _list_at_bettune(state: WorldState, game: SimulatedGame, traps: frozenset[Trap]) -> ListedMatch:
    competition = game.competition
    home, away = (game.away, game.home) if game.swapped else (game.home, game.away)
    differs = timedelta(minutes=5 if Trap.KICKOFF_DIFFERS in traps else 0)
    match = ListedMatch(
        id=FIRST_MATCH + 13 * len(state.matches),
        date=game.kickoff + differs,
        country=_named(state, competition.country),
        tournament=_named(state, competition.country, competition.tournament),
        season=_named(state, competition.tournament, f"{game.kickoff.year}/{game.kickoff.year + 1}"),
        home=_named(state, competition.tournament, home.bettune),
        away=_named(state, competition.tournament, away.bettune),
    )
    state.matches[match.id] = match
    return match


def _named(state: WorldState, *path: str) -> Named:
    """Give each name within its country or tournament an id of its own, stable as BetTune's are."""
    return Named(id=state.name_ids.setdefault(path, FIRST_NAME + len(state.name_ids)), name=path[-1])
