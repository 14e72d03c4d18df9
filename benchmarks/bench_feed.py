"""The feed on a whole soccer list of the measured size, into a SQLite file.

3,930 fixtures in 548 leagues; odds of 1,200 events, 2,300 periods and some 60,000 prices, about 3 MB.
Budgets: a new snapshot in 2 s, an unchanged one in 150 ms, no turn of the event loop above 50 ms.
"""

import asyncio
import gc
import json
import random
import resource
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from syncd.config.presets import PRESETS, Pace
from syncd.pinnacle.client import PinnacleClient
from syncd.pinnacle.feed.factory import feeds_of_sport
from syncd.pinnacle.feed.feed import Feed
from syncd.runtime.clock import SystemClock
from syncd.runtime.gate import Gate
from syncd.runtime.http import HttpResponse
from syncd.store.engine import Store
from syncd.store.migrate import upgrade

EVENTS, PRICED, LEAGUES, DELTA = 3_930, 1_200, 548, 300
SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
PACE = Pace().model_copy(update={name: timedelta(0) for name in Pace.model_fields if name != "resnapshot"})


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def fixture(number: int) -> dict[str, Any]:
    return {
        "id": 1_600_000_000 + number, "starts": stamp(SOON + timedelta(minutes=number)),
        "home": f"Home Town {number}", "away": f"Away City {number}", "rotNum": str(number),
        "liveStatus": 0, "status": "O", "parlayRestriction": 2, "altTeaser": False,
        "resultingUnit": "Regular", "betAcceptanceType": 0, "version": 588_000_000 + number,
    }  # fmt: skip


def fixtures() -> bytes:
    leagues = [
        {
            "id": 1_000 + league,
            "name": f"Country {league} - League {league}",
            "events": [fixture(number) for number in range(league, EVENTS, LEAGUES)],
        }
        for league in range(LEAGUES)
    ]
    return dense({"sportId": 29, "last": 1_743_447_036_582, "league": leagues})


def price(dice: random.Random) -> float:
    return round(dice.uniform(1.2, 4.0), 3)


def period(number: int, line: int, dice: random.Random) -> dict[str, Any]:
    """One period with 6 spreads, 6 totals, 1X2 and, in the match, team totals: 26 prices on average."""
    moved = stamp(SOON).replace("Z", ".910Z")
    alternatives = [{}] + [{"altLineId": 47_000_000_000 + line * 20 + i, "max": 5000} for i in range(5)]
    lines = 6 if number == 0 else 5
    body: dict[str, Any] = {
        "lineId": 3_020_000_000 + line, "number": number, "cutoff": stamp(SOON),
        "spreadUpdatedAt": moved, "moneylineUpdatedAt": moved, "totalUpdatedAt": moved,
        "maxSpread": 5000.0, "maxMoneyline": 2500.0, "maxTotal": 5000.0, "status": 1,
        "spreads": [
            alternatives[i] | {"hdp": i / 4 - 0.75, "home": price(dice), "away": price(dice)}
            for i in range(lines)
        ],
        "moneyline": {"home": price(dice), "away": price(dice), "draw": price(dice)},
        "totals": [
            alternatives[i] | {"points": i / 4 + 1.5, "over": price(dice), "under": price(dice)}
            for i in range(lines)
        ],
    }  # fmt: skip
    if number == 0:
        body["teamTotalUpdatedAt"], body["maxTeamTotal"] = moved, 2000.0
        side = {"points": 1.5, "over": price(dice), "under": price(dice)}
        body["teamTotal"] = {"home": [side], "away": [side]}
    return body


def odds(*, events: int = PRICED, seed: int = 1, moved: int = 0, last: int = 1_743_447_309_553) -> bytes:
    """A snapshot; `moved` of its events have other prices, and all have other line ids."""
    halves = 1_100 / PRICED
    leagues: dict[int, list[dict[str, Any]]] = {}
    for event in range(events):
        dice = random.Random(f"{seed if event < moved else 1}/{event}")
        numbers = [0, 1] if dice.random() < halves else [0]
        row = {"id": 1_600_000_000 + event, "periods": [period(n, event * 2 + n, dice) for n in numbers]}
        leagues.setdefault(event % 240, []).append(row)
    body = [{"id": 1_000 + league, "events": rows} for league, rows in leagues.items()]
    return dense({"sportId": 29, "last": last, "leagues": body})


def dense(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


class CannedHttp:
    """Replaces the network: responds at once with `body`."""

    def __init__(self) -> None:
        self.body = b""

    async def send(self, method: str, path: str, **_: Any) -> HttpResponse:
        """A 200 with the body."""
        return HttpResponse(200, self.body, {}, datetime.now(UTC), 0.0)


class Lag:
    """The longest turn of the event loop."""

    def __init__(self) -> None:
        self.worst = 0.0

    async def watch(self) -> None:
        """Measure until cancelled."""
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            self.worst = max(self.worst, time.perf_counter() - before - 0.001)


@asynccontextmanager
async def measured(name: str) -> AsyncIterator[None]:
    lag = Lag()
    watch = asyncio.create_task(lag.watch())
    await asyncio.sleep(0.01)
    lag.worst, before, busy_before = 0.0, time.perf_counter(), time.process_time()
    yield
    took, busy = time.perf_counter() - before, time.process_time() - busy_before
    watch.cancel()
    print(
        f"{name:<44} {took * 1000:5.0f} ms, {busy * 1000:5.0f} ms of a processor,"
        f" longest turn {lag.worst * 1000:5.1f} ms"
    )


async def poll(name: str, feed: Feed[Any], wire: CannedHttp, body: bytes, *, snapshot: bool = True) -> None:
    wire.body = body
    if snapshot:
        feed.request_snapshot()
    await asyncio.sleep(0.05)  # the pacer's margin
    async with measured(name):
        result = await feed.poll()
    assert result.outcome.good, result


async def run(folder: Path) -> None:
    url = f"sqlite:///{folder / 'feed.db'}"
    await upgrade(url)
    clock, wire = SystemClock(), CannedHttp()
    preset = PRESETS["ps3838"]
    client = PinnacleClient(
        base_url=preset.base_url, username="u", password="p", versions=preset.versions, clock=clock
    )
    client._http = wire  # type: ignore[assignment]
    async with await Store.open(url, clock) as store:
        feeds = feeds_of_sport(29, client=client, store=store, clock=clock, gate=Gate(), pace=PACE)
        by_kind = {feed.kind: feed for feed in feeds}
        for feed in feeds:
            await feed.load()
        events, prices = by_kind["fixtures"], by_kind["odds"]
        whole, all_odds = fixtures(), odds()
        print(f"fixtures {len(whole) / 1e6:.2f} MB, odds {len(all_odds) / 1e6:.2f} MB")
        await poll("fixtures, all new", events, wire, whole)
        await poll("fixtures, unchanged", events, wire, whole)
        await poll("odds, all new", prices, wire, all_odds)
        await poll("odds, unchanged", prices, wire, all_odds)
        again = all_odds.replace(b'"lineId":302', b'"lineId":303').replace(b".910Z", b".911Z")
        await poll("odds, unchanged but for line ids and times", prices, wire, again)
        await prices.load()
        await poll("odds, every event moved", prices, wire, odds(seed=2, moved=PRICED))
        delta = odds(events=DELTA // 2, seed=3, moved=PRICED, last=1_743_447_309_560)
        await poll("odds, a delta of some 300 periods", prices, wire, delta, snapshot=False)
        await poll("odds, the same delta again", prices, wire, delta, snapshot=False)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    # As the daemon does: a full collection walks the whole heap and stops the loop for 90 ms.
    gc.freeze()
    gc.set_threshold(30_000, 50, 1_000)
    with tempfile.TemporaryDirectory() as place:
        asyncio.run(run(Path(place)))
    print(f"peak memory {peak_mb():.0f} MB, the bodies and their making included")
