"""One list of BetTune's that says something else about what is known: nothing is made or lowered by it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from aiohttp import web
from msgspec.structs import replace

from syncd.bettune.catalogue import READ_AGAIN_AFTER
from syncd.model.bettune import Pair
from syncd.simulator.sandbox import Sandbox
from syncd.store import commands
from tests.end_to_end.running import PACES, Running, running

Respond = Callable[[], Awaitable[web.StreamResponse]]
Items = list[dict[str, Any]]
Odd = Callable[[Items], Items]
AGAIN_S = READ_AGAIN_AFTER.total_seconds()
CALM = {
    "pinnacle": {"pace": dict.fromkeys(PACES, "3s") | {"resnapshot": "10m"}},
    "bettune": {"filters_every": "2m", "matches_every": "4m"},
}
FILTERS, MATCHES = "/prediction-filters", "/matches"


def exchanged(key: str) -> Odd:
    """Each item has the value of the next one."""

    def odd(items: Items) -> Items:
        values = [item[key] for item in items]
        return [item | {key: value} for item, value in zip(items, values[1:] + values[:1], strict=True)]

    return odd


def each(**fields: Any) -> Odd:
    return lambda items: [item | fields for item in items]


def teams_exchanged(items: Items) -> Items:
    return [item | {"home": item["away"], "away": item["home"]} for item in items]


ODD: dict[str, tuple[str, Odd]] = {
    "bet types are exchanged": (FILTERS, exchanged("betType")),
    "all have another bet type": (FILTERS, each(betType="Under 2.5")),
    "names are exchanged": (FILTERS, exchanged("name")),
    "all have a name of ours": (FILTERS, each(name="Pinnacle again")),
    "ids of filters are exchanged": (FILTERS, exchanged("id")),
    "another sport": (FILTERS, each(sport={"id": 2, "name": "tennis"})),
    "ids of matches are exchanged": (MATCHES, exchanged("id")),
    "dates are exchanged": (MATCHES, exchanged("date")),
    "teams are exchanged": (MATCHES, teams_exchanged),
}


class Catalogue:
    """BetTune's lists, of which a test makes the next one odd."""

    def __init__(self, run: Running) -> None:
        self._run = run
        self._respond = run.box.bettune.faults.apply
        self._odd: dict[str, Odd] = {}
        self.listed: list[str] = []
        """The paths of the lists that were read, or `odd`."""

    def begin(self, path: str, odd: Odd) -> None:
        self._odd[path] = odd

    async def apply(self, request: web.Request, respond: Respond) -> web.StreamResponse:
        response = await self._respond(request, respond)
        path = "/" + request.path.rsplit("/", 1)[-1]
        if path not in (FILTERS, MATCHES) or not isinstance(response, web.Response):
            return response
        document = msgspec.json.decode(response.body or b"")  # type: ignore[arg-type]
        odd = self._odd.pop(path, None) if document["items"] else None
        self.listed.append("odd" if odd else path)
        return web.json_response(document | {"items": odd(document["items"])}) if odd else response


@pytest.fixture
async def calm(box: Sandbox, sqlite_url: str) -> AsyncIterator[Running]:
    async with running(box, sqlite_url, **CALM) as run:
        await run.agrees()
        yield run


@pytest.fixture
def lists(calm: Running, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    lists = Catalogue(calm)
    monkeypatch.setattr(calm.box.bettune.faults, "apply", lists.apply)
    return lists


async def resync(run: Running) -> None:
    async with run.daemon.store.write() as conn:
        await commands.request(conn, "resync", run.daemon.clock.now())


@pytest.mark.parametrize("odd", ODD)
async def test_one_odd_list_makes_nothing_and_lowers_nothing(calm: Running, lists: Catalogue, odd: str):
    account, by_hand = calm.box.bettune.account, calm.filter("By hand")
    truth = calm.box.oracle(ruled=lambda each: each.name.startswith("Pinnacle")).wanted(account.filters)
    assert calm.game.match
    others = Pair(by_hand.id, calm.game.match.id)
    account.put(others, Decimal("7.5"))
    known = len(account.writes)
    lists.begin(*ODD[odd])
    await resync(calm)
    await calm.until(lambda: "odd" in lists.listed, within=5)
    await asyncio.sleep(AGAIN_S + 3)
    assert calm.differences().keys() == {others}
    for write in account.writes[known:]:
        before, after = write.before and write.before.odds, write.after and write.after.odds
        is_raise = before is not None and after is not None and after > before
        assert after is None or is_raise or after == truth.get(write.pair), write
        assert write.pair.filter_id != by_hand.id
    assert account.odds()[others] == Decimal("7.5")


async def test_what_a_user_changes_is_followed_within_seconds(calm: Running, lists: Catalogue):
    account = calm.box.bettune.account
    home, over = calm.filter("Pinnacle Home"), calm.filter("Pinnacle Over 2.5")
    account._filters[home.id] = replace(home, bet_type="Away")
    account._filters[over.id] = replace(over, name="Mine alone")
    await resync(calm)
    await calm.agrees(within=AGAIN_S + 3)
    assert not [pair for pair in account.odds() if pair.filter_id == over.id]
    assert lists.listed.count(FILTERS) == 2


async def test_a_prediction_is_never_too_low_by_either_list(calm: Running, lists: Catalogue):
    account, game = calm.box.bettune.account, calm.game
    home = calm.filter("Pinnacle Home")
    account._filters[home.id] = replace(home, bet_type="Away")
    by_both = max(odds for name in ("Home", "Away") if (odds := _odds_of(calm, game, name)))
    await resync(calm)
    await calm.until(lambda: bool(lists.listed))
    await calm.until(lambda: calm.odds(game) == by_both, within=2)
    assert lists.listed.count(FILTERS) == 1
    await calm.agrees(within=AGAIN_S + 3)


def _odds_of(run: Running, game: Any, bet_type: str) -> Decimal | None:
    home = replace(run.filter("Pinnacle Home"), bet_type=bet_type)
    wanted = run.box.oracle(ruled=lambda each: True).wanted([home])
    return wanted.get(Pair(home.id, game.match.id))


async def test_lists_that_always_contradict_cost_few_requests(calm: Running, lists: Catalogue):
    account, home = calm.box.bettune.account, calm.filter("Pinnacle Home")

    async def apply(request: web.Request, respond: Respond) -> web.StreamResponse:
        response = await lists.apply(request, respond)
        account._filters[home.id] = replace(home, bet_type=f"Over {len(lists.listed)}.5")
        return response

    calm.box.bettune.faults.apply = apply  # type: ignore[method-assign]
    await calm.until(lambda: FILTERS in lists.listed, within=125)
    began = calm.daemon.clock.monotonic()
    await calm.until(lambda: calm.daemon.clock.monotonic() - began > 300, within=302)
    assert 4 <= lists.listed.count(FILTERS) <= 8
