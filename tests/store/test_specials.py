"""Specials with their prices are loaded as saved; the history keeps the prices that rules may refer to."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from syncd.model.feed import Gone
from syncd.model.link import Link, LinkState
from syncd.model.pinnacle import Moneyline, Period
from syncd.model.special import Contestant, ContestantLine, Special, SpecialOdds, SpecialState
from syncd.store import links, offer_history, periods, special_prices, specials
from syncd.store.engine import Store
from syncd.store.periods import NewPeriodContent
from syncd.store.special_prices import NewSpecialOdds

NOW = datetime(2025, 3, 31, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


def special(number: int, event_id: int = 1) -> Special:
    return Special(
        id=number,
        sport_id=29,
        league_id=7,
        event_id=event_id,
        period=1,
        name="Both Teams To Score?",
        bet_type="MULTI_WAY_HEAD_TO_HEAD",
        status="I",
        cutoff=LATER,
        home="Größe 09",
        contestants=(Contestant(id=10 * number, name="Yes"), Contestant(id=10 * number + 1, name="No")),
    )


def odds(number: int, price: str | None = "2.15") -> SpecialOdds:
    line = ContestantLine(id=10 * number, price=Decimal(price) if price else None, max_stake=Decimal("250.5"))
    return SpecialOdds(id=number, max_stake=Decimal(500), lines=(line,))


async def save_listed(store: Store, *listed: Special) -> None:
    async with store.write() as conn:
        await specials.save(conn, [SpecialState(special=each, changed_at=NOW) for each in listed])


async def price(store: Store, *prices: SpecialOdds, at: datetime = NOW) -> None:
    async with store.write() as conn:
        new = [
            NewSpecialOdds(each.id, 29, special_prices.encode(each), any(line.price for line in each.lines))
            for each in prices
        ]
        await special_prices.save(conn, new, at)


async def link(store: Store, event_id: int) -> None:
    async with store.write() as conn:
        await links.save(
            conn, [Link(event_id=event_id, match_id=5, state=LinkState.REVIEW, confidence=0.5)], NOW
        )


async def past_prices(store: Store, event_id: int = 1) -> list[tuple[datetime, Decimal | None]]:
    async with store.read() as conn:
        kept = (await offer_history.load_special_odds(conn, [event_id])).get(event_id, ())
    return [(each.at, each.odds.lines[0].price) for each in kept]


async def test_specials_are_loaded_by_event_with_their_prices(store: Store) -> None:
    await save_listed(store, special(1), special(2), special(3, event_id=9))
    await price(store, odds(2))
    async with store.read() as conn:
        found = await specials.load(conn, [1, 8])
    assert found == {
        1: (
            SpecialState(special=special(1), changed_at=NOW),
            SpecialState(special=special(2), changed_at=NOW, odds=odds(2), odds_changed_at=NOW),
        )
    }


async def test_a_tombstone_and_odds_that_are_gone_are_loaded_too(store: Store) -> None:
    gone = SpecialState(special=special(1), changed_at=NOW, missed=2, gone_at=LATER, gone_because=Gone.ABSENT)
    await price(store, odds(1))
    async with store.write() as conn:
        await specials.save(conn, [gone])
        await special_prices.mark_gone(conn, [1], LATER)
    async with store.read() as conn:
        (found,) = (await specials.load(conn, [1]))[1]
    assert (found.gone_at, found.gone_because, found.listed) == (LATER, Gone.ABSENT, False)
    assert (found.odds, found.odds_gone, found.odds_changed_at) == (odds(1), True, LATER)


async def test_odds_from_before_their_special_are_loaded_once_it_is_known(store: Store) -> None:
    await price(store, odds(1))
    await save_listed(store, special(1))
    async with store.read() as conn:
        (found,) = (await specials.load(conn, [1]))[1]
    assert found.odds == odds(1)
    assert await past_prices(store) == [(NOW, Decimal("2.15"))]


async def test_a_special_that_is_saved_again_keeps_its_settlement(store: Store) -> None:
    await save_listed(store, special(1))
    async with store.write() as conn:
        await specials.save_settlement_ids(conn, {1: 77})
    await save_listed(store, special(1))
    async with store.read() as conn:
        assert await specials.load_settlement_ids(conn, [1, 2]) == {1: 77}


async def test_without_a_link_only_the_first_prices_of_a_special_are_kept(store: Store) -> None:
    await save_listed(store, special(1))
    await price(store, odds(1, None))
    await price(store, odds(1, "2.5"), at=LATER)
    await price(store, odds(1, "3"), at=LATER + timedelta(minutes=1))
    assert await past_prices(store) == [(LATER, Decimal("2.5"))]


async def test_with_a_link_all_prices_of_a_special_are_kept_in_order(store: Store) -> None:
    await save_listed(store, special(1))
    await link(store, 1)
    for minute, offered in enumerate(["2.5", None, "3"]):
        await price(store, odds(1, offered), at=NOW + timedelta(minutes=minute))
    assert [offered for _, offered in await past_prices(store)] == [Decimal("2.5"), None, Decimal(3)]


def content(event_id: int, home: str | None) -> NewPeriodContent:
    period = Period(number=0, moneyline=Moneyline(home=Decimal(home)) if home else None)
    text = periods.encode(period)
    return NewPeriodContent(event_id, 0, 29, 7, text, period.has_prices, has_moneyline=home is not None)


async def offer(store: Store, event_id: int, *homes: str | None) -> None:
    for minute, home in enumerate(homes):
        async with store.write() as conn:
            await periods.save(conn, [content(event_id, home)], NOW + timedelta(minutes=minute))


async def past_homes(store: Store, event_id: int) -> list[Decimal | None]:
    async with store.read() as conn:
        kept = (await offer_history.load_periods(conn, [event_id])).get(event_id, ())
    assert [each.at for each in kept] == sorted(each.at for each in kept)
    return [each.period.moneyline.home if each.period.moneyline else None for each in kept]


async def test_without_a_link_only_the_first_prices_of_a_period_are_kept(store: Store) -> None:
    await offer(store, 1, None, "2.5", "3")
    await offer(store, 2, "1.5")
    assert (await past_homes(store, 1), await past_homes(store, 2)) == ([Decimal("2.5")], [Decimal("1.5")])


async def test_with_a_link_all_contents_of_a_period_are_kept_in_order(store: Store) -> None:
    await offer(store, 1, "2.5")
    await link(store, 1)
    await offer(store, 1, "3", None, "2.5")
    assert await past_homes(store, 1) == [Decimal("2.5"), Decimal(3), None, Decimal("2.5")]


async def test_the_prices_of_a_period_at_the_moment_of_the_link_are_kept(store: Store) -> None:
    await offer(store, 1, "2.5", "4")
    await link(store, 1)
    await link(store, 1)
    await offer(store, 1, "3")
    assert sorted(each or 0 for each in await past_homes(store, 1)) == [Decimal("2.5"), 3, 4]


async def test_the_prices_of_a_special_at_the_moment_of_the_link_are_kept(store: Store) -> None:
    await save_listed(store, special(1))
    await price(store, odds(1, "2.5"))
    await price(store, odds(1, "4"), at=LATER)
    await link(store, 1)
    assert [offered for _, offered in await past_prices(store)] == [Decimal("2.5"), Decimal(4)]


async def test_a_moneyline_that_was_taken_down_is_remembered(store: Store) -> None:
    await offer(store, 1, "2.5", None, None)
    await offer(store, 2, None)
    async with store.read() as conn:
        known = await periods.load(conn, [1, 2])
    assert (known[1][0].had_moneyline, known[2][0].had_moneyline) == (True, False)
    assert known[1][0].period.moneyline is None
