"""Rules that start from an earlier price: the daemon, which reads on, and `explain`, which reads all."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from syncd.config.settings import Rule
from syncd.model.bettune import Filter, Named
from syncd.model.change import Cause, Wanted
from syncd.model.feed import EventState
from syncd.model.link import Link, LinkState
from syncd.model.pinnacle import Event, League, Moneyline, Period
from syncd.model.special import Contestant, ContestantLine, Special, SpecialOdds, SpecialState
from syncd.pricing.grammar import parse_selection
from syncd.runtime.clock import SystemClock
from syncd.store import catalogue, events, links, periods, special_prices, specials
from syncd.store.engine import Store
from syncd.store.periods import NewPeriodContent
from syncd.store.special_prices import NewSpecialOdds
from syncd.sync.inputs import load_matches
from syncd.sync.references import References
from syncd.sync.states import Conditions, FilterState
from syncd.sync.wanted import wanted
from tests.support.matches import some_match

NOW = datetime.now(UTC).replace(microsecond=0)
KICKOFF = NOW + timedelta(hours=20)
EVENT, MATCH, SPECIAL = 7, 5, 70
YES = 'special "Both Teams To Score?" Yes'


def rule(reference: str, bet_type: str = "moneyline home", **more: object) -> FilterState:
    return FilterState(
        filter_id=3,
        filter=Filter(id=3, name="P", sport=Named(1, "football"), bet_type="Home", status="approved"),
        rule=Rule(filter="P", reference=reference, **more),
        selection=parse_selection(bet_type),
    )


async def begin(store: Store, *, status: str = "O", special_status: str = "O") -> None:
    event = Event(id=EVENT, sport_id=29, league_id=1, home="Ruch", away="Odra", starts=KICKOFF, status=status)
    league = League(id=1, sport_id=29, name="Poland - I Liga")
    special = Special(
        id=SPECIAL,
        sport_id=29,
        league_id=1,
        event_id=EVENT,
        name="Both Teams To Score?",
        status=special_status,
        contestants=(Contestant(id=701, name="Yes"), Contestant(id=702, name="No")),
    )
    async with store.write() as conn:
        await events.save(conn, [EventState(event=event, league=league, seen_at=NOW, changed_at=NOW)])
        await catalogue.replace_days(conn, {KICKOFF.date(): [some_match(MATCH, KICKOFF)]}, NOW)
        await specials.save(conn, [SpecialState(special=special, changed_at=NOW)])


async def turn(store: Store, minute: int, *, status: str = "O", missed: int = 0) -> None:
    """The event is halted (H), missing or open from a minute of the past on."""
    at = NOW - timedelta(hours=10) + timedelta(minutes=minute)
    async with store.write() as conn:
        state = (await events.load_ids(conn, [EVENT]))[EVENT]
        event = replace(state.event, status=status)
        await events.save(conn, [replace(state, event=event, changed_at=at, missed=missed)])


async def turn_special(store: Store, minute: int, status: str) -> None:
    at = NOW - timedelta(hours=10) + timedelta(minutes=minute)
    async with store.write() as conn:
        state = (await specials.load_ids(conn, [SPECIAL]))[SPECIAL]
        special = replace(state.special, status=status)
        await specials.save(conn, [replace(state, special=special, changed_at=at)])


async def link(store: Store) -> None:
    async with store.write() as conn:
        await links.save(
            conn, [Link(event_id=EVENT, match_id=MATCH, state=LinkState.AUTO, confidence=0.999)], NOW
        )


async def offer(store: Store, minute: int, home: str | None) -> None:
    """The moneyline at a minute of the past; none is a suspension."""
    moneyline = Moneyline(home=Decimal(home), draw=Decimal("3.4"), away=Decimal("3.9")) if home else None
    period = Period(number=0, status=1, cutoff=KICKOFF, moneyline=moneyline)
    content = NewPeriodContent(
        EVENT, 0, 29, 1, periods.encode(period), period.has_prices, has_moneyline=home is not None
    )
    async with store.write() as conn:
        await periods.save(conn, [content], NOW - timedelta(hours=10) + timedelta(minutes=minute))


async def offer_special(store: Store, minute: int, yes: str) -> None:
    lines = (ContestantLine(id=701, price=Decimal(yes)), ContestantLine(id=702, price=Decimal("1.95")))
    odds = special_prices.encode(SpecialOdds(id=SPECIAL, lines=lines))
    async with store.write() as conn:
        at = NOW - timedelta(hours=10) + timedelta(minutes=minute)
        await special_prices.save(conn, [NewSpecialOdds(SPECIAL, 29, odds, True)], at)


async def priced(store: Store, filters: FilterState, references: References | None = None) -> Wanted:
    async with store.read() as conn:
        (state,) = await load_matches(conn, [MATCH], [filters], references or References(store.clock))
    now_conditions = Conditions(now=NOW, horizon=timedelta(days=3), odds_requested_at=NOW, specials_stale="")
    return wanted(filters, state, now_conditions)


async def test_a_rule_starts_from_the_opening_or_the_highest_price(store: Store) -> None:
    await begin(store)
    await link(store)
    for minute, home in enumerate(["2.0", "2.2", "1.9"]):
        await offer(store, minute, home)
    odds = {each: (await priced(store, rule(each))).odds for each in ("latest", "opening", "highest")}
    assert odds == {"latest": Decimal("1.9"), "opening": Decimal("2.0"), "highest": Decimal("2.2")}
    three_percent_more = await priced(store, rule("opening", factor=Decimal("1.03")))
    assert three_percent_more.odds == Decimal("2.06")
    assert "opening price of" in three_percent_more.reason


async def test_prices_between_the_first_one_and_the_link_count_from_the_link_on(store: Store) -> None:
    await begin(store)
    for minute, home in enumerate(["2.0", "2.2", "2.1"]):
        await offer(store, minute, home)
    await link(store)
    await offer(store, 3, "1.9")
    assert (await priced(store, rule("opening"))).odds == Decimal("2.0")
    assert (await priced(store, rule("highest"))).odds == Decimal("2.1")


async def test_a_market_that_is_taken_down_has_no_price_whatever_it_was(store: Store) -> None:
    await begin(store)
    await link(store)
    await offer(store, 0, "2.0")
    await offer(store, 1, None)
    assert (await priced(store, rule("opening"))).cause is Cause.NO_MARKET


async def test_specials_have_a_history_too(store: Store) -> None:
    await begin(store)
    await link(store)
    await offer(store, 0, "2.0")
    for minute, yes in enumerate(["1.8", "2.0", "1.9"], start=1):
        await offer_special(store, minute, yes)
    odds = [(await priced(store, rule(each, YES))).odds for each in ("latest", "opening", "highest")]
    assert odds == [Decimal("1.9"), Decimal("1.8"), Decimal("2.0")]


async def test_a_query_that_comes_later_is_answered_from_the_beginning_of_the_history(store: Store) -> None:
    await begin(store)
    await link(store)
    await offer(store, 0, "2.0")
    references = References(store.clock)
    assert (await priced(store, rule("opening"), references)).odds == Decimal("2.0")
    await offer(store, 1, "2.2")
    await offer(store, 2, "1.9")
    assert (await priced(store, rule("highest"), references)).odds == Decimal("2.2")


@pytest.mark.parametrize("reference", ["opening", "highest"])
async def test_reading_on_and_reading_everything_agree_after_each_change(
    sqlite_store: Store, reference: str
) -> None:
    filters = rule(reference, price="fair")
    await begin(sqlite_store)
    await link(sqlite_store)

    reading_on = References(SystemClock())
    for minute, home in enumerate(["2.0", None, "2.2", "2.2", "1.9", None, "2.1", "2.3", "2.0"]):
        await offer(sqlite_store, minute, home)
        on, again = await priced(sqlite_store, filters, reading_on), await priced(sqlite_store, filters)
        assert on == again


@pytest.mark.parametrize("linked", [True, False], ids=["linked", "linked later"])
@pytest.mark.parametrize("closed", [{"status": "H"}, {"missed": 1}], ids=["halted", "missing"])
async def test_prices_while_the_event_took_no_bets_do_not_count(store: Store, closed, linked) -> None:
    await begin(store)
    if linked:
        await link(store)
    reading_on = References(store.clock)
    await offer(store, 0, "2.05")
    await turn(store, 1, **closed)
    await offer(store, 2, "2.2")
    await offer_special(store, 2, "2.0")
    if linked:
        await priced(store, rule("highest"), reading_on)
    await offer(store, 3, "2.1")
    await offer_special(store, 3, "1.9")
    await turn(store, 4)
    await link(store)
    for references in (reading_on, References(store.clock)):
        assert (await priced(store, rule("highest"), references)).odds == Decimal("2.1")
        assert (await priced(store, rule("opening"), references)).odds == Decimal("2.05")
        assert (await priced(store, rule("highest", YES), references)).odds == Decimal("1.9")


@pytest.mark.parametrize("linked", [True, False], ids=["linked", "linked later"])
async def test_an_event_first_seen_halted_opens_with_the_price_of_its_opening(store: Store, linked) -> None:
    await begin(store, status="H")
    if linked:
        await link(store)
    for minute, home in enumerate(["2.2", "2.1"]):
        await offer(store, minute, home)
    await turn(store, 2)
    await link(store)
    await offer(store, 3, "2.0")
    odds = {each: (await priced(store, rule(each))).odds for each in ("opening", "highest")}
    assert odds == {"opening": Decimal("2.1"), "highest": Decimal("2.1")}


async def test_prices_while_the_special_was_halted_do_not_count(store: Store) -> None:
    await begin(store, special_status="H")
    await offer(store, 0, "2.0")
    await offer_special(store, 1, "2.0")
    await offer_special(store, 2, "1.8")
    await turn_special(store, 3, "O")
    await link(store)
    reading_on = References(store.clock)
    assert (await priced(store, rule("opening", YES), reading_on)).odds == Decimal("1.8")
    await turn_special(store, 4, "H")
    await offer_special(store, 5, "2.0")
    await offer_special(store, 6, "1.9")
    await priced(store, rule("highest", YES), reading_on)
    await turn_special(store, 7, "O")
    for references in (reading_on, References(store.clock)):
        assert (await priced(store, rule("highest", YES), references)).odds == Decimal("1.9")
