"""The specials of the simulated Pinnacle: listing, pricing, and everything that can happen to one."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from syncd.simulator.bookmaker import price
from syncd.simulator.game import SimulatedGame
from syncd.simulator.listed import ListedContestant, ListedEvent, ListedSettlement, ListedSpecial, Stamp
from syncd.simulator.special_kinds import KINDS, VOID, MatchScore, OutcomeChance, SpecialKind
from syncd.simulator.world_state import FeedName, WorldState

SETTLED, DELETED = 1, 5
"""Settlement statuses."""

HIGHEST_SPECIAL_OFFER = Decimal(301)
"""No outcome of a special has a higher price."""
LIMITS = {1: Decimal(500), 2: Decimal(200)}
"""By the tier of the league."""
SEASON = timedelta(days=60)
OUTRIGHT_BOOKSUM = 1.12


def list_specials(state: WorldState, game: SimulatedGame, event: ListedEvent) -> None:
    """List all specials that the game's league has."""
    tier = game.competition.tier
    game.specials = [list_special(state, game, event, kind) for kind in KINDS if tier <= kind.tier]


def list_special(
    state: WorldState, game: SimulatedGame, event: ListedEvent, kind: SpecialKind
) -> ListedSpecial:
    """List one special, with its first prices."""
    odds = state.stamp(FeedName.SPECIAL_ODDS)
    special = ListedSpecial(
        id=state.next_event_id(),
        league_id=event.league_id,
        event=event,
        name=kind.name,
        period=kind.period,
        bet_type=kind.bet_type,
        units=kind.units,
        contestants=_contestants(state, odds, kind.offers(game.rates, event.home, event.away), kind.booksum),
        cutoff=event.starts,
        fixture_stamp=state.stamp(FeedName.SPECIALS),
        odds_stamp=odds,
        max_bet=LIMITS[game.competition.tier],
    )
    state.specials[special.id] = special
    return special


def list_outright(state: WorldState, game: SimulatedGame) -> ListedSpecial:
    """List the winner of the game's league: a special without an event."""
    odds = state.stamp(FeedName.SPECIAL_ODDS)
    weights = [state.rng.uniform(0.2, 3) ** 2 for _ in game.competition.clubs]
    offers = [
        OutcomeChance(club.pinnacle, weight / sum(weights))
        for club, weight in zip(game.competition.clubs, weights, strict=True)
    ]
    special = ListedSpecial(
        id=state.next_event_id(),
        league_id=state.league(game.competition.league).id,
        event=None,
        name=f"{game.competition.league} Winner",
        contestants=_contestants(state, odds, offers, OUTRIGHT_BOOKSUM),
        cutoff=state.now().replace(microsecond=0) + SEASON,
        fixture_stamp=state.stamp(FeedName.SPECIALS),
        odds_stamp=odds,
        max_bet=LIMITS[1],
        category="Futures",
    )
    state.specials[special.id] = special
    return special


def reprice_specials(state: WorldState, game: SimulatedGame) -> bool:
    """Price all specials of the game by its rates. Returns whether a visible price changed."""
    changed = False
    for special in game.specials:
        if not special.over and special.event is not None:
            kind = _kind(special)
            offers = kind.offers(game.rates, special.event.home, special.event.away)
            changed |= _reprice(state, special, offers, kind.booksum)
    return changed


# --- what can happen to a special


def withdraw(state: WorldState, special: ListedSpecial, *labels: str) -> None:
    """List these contestants (all if none is named) without a price."""
    _show(state, special, labels, withdrawn=True)


def put_back(state: WorldState, special: ListedSpecial, *labels: str) -> None:
    """List these contestants (all if none is named) with their prices again."""
    _show(state, special, labels, withdrawn=False)


def set_lines(state: WorldState, special: ListedSpecial, *, shown: bool) -> None:
    """Show the lines of all contestants, or list the special with empty `contestantLines`."""
    special.has_lines = shown
    special.odds_stamp = state.stamp(FeedName.SPECIAL_ODDS)


def set_status(state: WorldState, special: ListedSpecial, status: str) -> None:
    """Set O (open), I (open with lower limits) or H (halted); the prices are still listed."""
    special.status = status
    special.fixture_stamp = state.stamp(FeedName.SPECIALS)


def set_cutoff(state: WorldState, special: ListedSpecial, cutoff: datetime) -> None:
    """Set the time from which no bets are taken; the prices are still listed."""
    special.cutoff = cutoff
    special.fixture_stamp = state.stamp(FeedName.SPECIALS)


def set_listed(state: WorldState, special: ListedSpecial, *, listed: bool) -> None:
    """Put it into `/fixtures/special` or take it out; its odds are still listed."""
    special.in_fixtures = listed
    special.fixture_stamp = state.stamp(FeedName.SPECIALS) if listed else special.fixture_stamp


def remove(state: WorldState, special: ListedSpecial, *, quietly: bool = False) -> None:
    """Take it out of all lists; if `quietly`, without a settlement: it is only missing."""
    special.in_fixtures = special.in_odds = False
    special.over = True
    if not quietly:
        _add_settlement(state, special, DELETED, None)


def recreate(
    state: WorldState, game: SimulatedGame, special: ListedSpecial, *, listed: bool = True
) -> ListedSpecial:
    """Remove it and list it again under new ids; if not `listed`, its odds come before its fixture."""
    assert special.event is not None
    remove(state, special)
    again = list_special(state, game, special.event, _kind(special))
    again.in_fixtures = listed
    game.specials[game.specials.index(special)] = again
    return again


def settle(state: WorldState, special: ListedSpecial, status: int, result: MatchScore) -> None:
    """Take it out of both lists; `/fixtures/special/settled` gives the result."""
    close(state, [special])
    special.in_fixtures = special.in_odds = False
    _add_settlement(state, special, status, result if status == SETTLED else None)


def close(state: WorldState, specials: Iterable[ListedSpecial]) -> None:
    """End betting on them: they are listed once more, without lines."""
    for special in specials:
        if not special.over:
            special.over = True
            set_lines(state, special, shown=False)


def postpone(state: WorldState, game: SimulatedGame, by: timedelta) -> None:
    """Move the cutoffs of all specials of the game with its kick-off."""
    for special in game.specials:
        set_cutoff(state, special, special.cutoff + by)


def _add_settlement(
    state: WorldState, special: ListedSpecial, status: int, result: MatchScore | None
) -> None:
    """If there is no result, all contestants are void."""
    outcomes = [VOID] * len(special.contestants)
    if result is not None:
        kind = _kind(special)
        outcomes = [kind.outcome(i, result, _float(c.handicap)) for i, c in enumerate(special.contestants)]
    named = zip(special.contestants, outcomes, strict=True)
    state.settled.append(
        ListedSettlement(
            stamp=state.stamp(FeedName.SETTLED_SPECIALS),
            league_id=special.league_id,
            owner_id=special.id,
            period=None,
            status=status,
            at=state.now(),
            contestants=tuple((c.id, c.name, outcome) for c, outcome in named),
        )
    )


def _contestants(
    state: WorldState, stamp: Stamp, offers: list[OutcomeChance], booksum: float
) -> list[ListedContestant]:
    return [
        ListedContestant(
            id=state.next_event_id(),
            name=offer.label,
            price=_price(offer, booksum),
            handicap=_handicap(offer),
            line_id=stamp.sequence,
        )
        for offer in offers
    ]


def _reprice(state: WorldState, special: ListedSpecial, offers: list[OutcomeChance], booksum: float) -> bool:
    fresh = [(_price(offer, booksum), _handicap(offer)) for offer in offers]
    pairs = list(zip(special.contestants, fresh, strict=True))
    moved = [(c, new) for c, new in pairs if (c.price, c.handicap) != new]
    seen = any(not contestant.withdrawn for contestant, _ in moved)
    if seen:
        special.odds_stamp = state.stamp(FeedName.SPECIAL_ODDS)
    for contestant, (cost, handicap) in moved:
        contestant.price, contestant.handicap = cost, handicap
        contestant.line_id = special.odds_stamp.sequence
    return seen


def _show(state: WorldState, special: ListedSpecial, labels: tuple[str, ...], *, withdrawn: bool) -> None:
    for contestant in special.contestants:
        if not labels or contestant.name in labels:
            contestant.withdrawn = withdrawn
    special.odds_stamp = state.stamp(FeedName.SPECIAL_ODDS)


def _price(offer: OutcomeChance, booksum: float) -> Decimal:
    return min(price(offer.chance, booksum), HIGHEST_SPECIAL_OFFER)


def _handicap(offer: OutcomeChance) -> Decimal | None:
    return None if offer.handicap is None else Decimal(str(offer.handicap))


def _float(handicap: Decimal | None) -> float | None:
    return None if handicap is None else float(handicap)


def _kind(special: ListedSpecial) -> SpecialKind:
    return next(kind for kind in KINDS if kind.name == special.name)
