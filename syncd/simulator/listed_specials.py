"""The specials of the simulated Pinnacle: how they are listed and priced, and all that can happen to them."""

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

DEAREST = Decimal(301)
"""No outcome is offered at a higher price."""
LIMITS = {1: Decimal(500), 2: Decimal(200)}
"""By the league's tier."""
SEASON = timedelta(days=60)
OUTRIGHT_BOOKSUM = 1.12


def list_specials(state: WorldState, game: SimulatedGame, event: ListedEvent) -> None:
    """All specials that the game's league has."""
    tier = game.competition.tier
    game.specials = [list_special(state, game, event, kind) for kind in KINDS if tier <= kind.tier]


def list_special(
    state: WorldState, game: SimulatedGame, event: ListedEvent, kind: SpecialKind
) -> ListedSpecial:
    """One of them, with its first prices."""
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
    """Who wins the game's league: a special of no event."""
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
    """All specials of the game follow its rates, whether they are to be seen or not. False: no change."""
    changed = False
    for special in game.specials:
        if not special.over and special.event is not None:
            kind = _kind(special)
            offers = kind.offers(game.rates, special.event.home, special.event.away)
            changed |= _reprice(state, special, offers, kind.booksum)
    return changed


# --- what can happen to one


def withdraw(state: WorldState, special: ListedSpecial, *labels: str) -> None:
    """These contestants are told without a price; all of them where none is named."""
    _show(state, special, labels, withdrawn=True)


def put_back(state: WorldState, special: ListedSpecial, *labels: str) -> None:
    """They have prices again."""
    _show(state, special, labels, withdrawn=False)


def set_lines(state: WorldState, special: ListedSpecial, *, shown: bool) -> None:
    """Whether any line is told: without, `contestantLines` is empty."""
    special.has_lines = shown
    special.odds_stamp = state.stamp(FeedName.SPECIAL_ODDS)


def set_status(state: WorldState, special: ListedSpecial, status: str) -> None:
    """O open, I open with lower limits, H halted; the prices are told all the same."""
    special.status = status
    special.fixture_stamp = state.stamp(FeedName.SPECIALS)


def set_cutoff(state: WorldState, special: ListedSpecial, cutoff: datetime) -> None:
    """No bets from then on; the prices are told all the same."""
    special.cutoff = cutoff
    special.fixture_stamp = state.stamp(FeedName.SPECIALS)


def set_listed(state: WorldState, special: ListedSpecial, *, listed: bool) -> None:
    """Whether `/fixtures/special` names it; its odds are told all the same."""
    special.in_fixtures = listed
    special.fixture_stamp = state.stamp(FeedName.SPECIALS) if listed else special.fixture_stamp


def remove(state: WorldState, special: ListedSpecial, *, quietly: bool = False) -> None:
    """It is in no list any more; `quietly`, nothing ever said so: it is only missing."""
    special.in_fixtures = special.in_odds = False
    special.over = True
    if not quietly:
        _tell_end(state, special, DELETED, None)


def recreate(
    state: WorldState, game: SimulatedGame, special: ListedSpecial, *, listed: bool = True
) -> ListedSpecial:
    """It is removed, and returns under a new id, with contestants of new ids; its odds perhaps first."""
    assert special.event is not None
    remove(state, special)
    again = list_special(state, game, special.event, _kind(special))
    again.in_fixtures = listed
    game.specials[game.specials.index(special)] = again
    return again


def settle(state: WorldState, special: ListedSpecial, status: int, result: MatchScore) -> None:
    """It leaves both lists; `/fixtures/special/settled` says how it ended."""
    close(state, [special])
    special.in_fixtures = special.in_odds = False
    _tell_end(state, special, status, result if status == SETTLED else None)


def close(state: WorldState, specials: Iterable[ListedSpecial]) -> None:
    """Betting on them has ended: told once more, without lines."""
    for special in specials:
        if not special.over:
            special.over = True
            set_lines(state, special, shown=False)


def postpone(state: WorldState, game: SimulatedGame, by: timedelta) -> None:
    """Their cutoffs move with the kick-off."""
    for special in game.specials:
        set_cutoff(state, special, special.cutoff + by)


def _tell_end(state: WorldState, special: ListedSpecial, status: int, result: MatchScore | None) -> None:
    """Without a result it is void."""
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
    return min(price(offer.chance, booksum), DEAREST)


def _handicap(offer: OutcomeChance) -> Decimal | None:
    return None if offer.handicap is None else Decimal(str(offer.handicap))


def _float(handicap: Decimal | None) -> float | None:
    return None if handicap is None else float(handicap)


def _kind(special: ListedSpecial) -> SpecialKind:
    return next(kind for kind in KINDS if kind.name == special.name)
