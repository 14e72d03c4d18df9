"""Absurd values in every field of every response of Pinnacle, while prices move: the daemon goes on."""

import json
import os
import random
from dataclasses import replace
from decimal import Decimal

import pytest

from syncd.runtime.http import HttpClient
from syncd.simulator.fixture_list import Extent
from syncd.simulator.sandbox import Sandbox
from syncd.store.rows import in_chunks
from tests.end_to_end.markets import markets
from tests.end_to_end.running import PACE, PACES, broken_rules, running, small_sandbox
from tests.pinnacle.documents import ABSURD, DOCUMENTS, paths_of, with_text

PATHS = {
    "fixtures": "/fixtures",
    "odds": "/odds",
    "settled": "/fixtures/settled",
    "specials": "/fixtures/special",
    "special_odds": "/odds/special",
    "settled_specials": "/fixtures/special/settled",
}
RIGHT_WITHIN_S = 60.0

TOGETHER = 3
"""To compare with the oracle costs more than a response: so many absurd ones come before each comparison."""

PARTS = 6
TRIED_PARTS = range(PARTS) if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else (0, 3)
"""A third of the values in ordinary runs: each part is ten seconds. The thorough profile tries all."""

OF_SPECIALS = ABSURD if len(TRIED_PARTS) == PARTS else ABSURD[5::16]


class Spoiler:
    """Puts one JSON text into one field of the next response of an endpoint."""

    def __init__(self, path: str, kind: str, seed: int) -> None:
        self._path = path
        self.kind = kind
        self._random = random.Random(seed)
        self.text: str | None = None

    def spoiled(self, path: str, body: bytes) -> bytes:
        if self.text is None or not path.endswith(self._path):
            return body
        document = json.loads(body, parse_float=Decimal) if body.strip() else {}
        if not (document.get("league") or document.get("leagues")):
            if self.kind not in ("settled", "settled_specials"):
                return body  # the next one lists something
            document = DOCUMENTS[self.kind]
        field = self._random.choice(list(paths_of(document)))
        text, self.text = self.text, None
        return with_text(document, field, text)


@pytest.fixture
def spoiler(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Spoiler:
    kind = request.param
    spoiler = Spoiler(PATHS[kind], kind, seed=len(kind))
    send = HttpClient.send

    async def send_and_spoil(self, method, path, **more):
        response = await send(self, method, path, **more)
        return replace(response, body=spoiler.spoiled(path, response.body))

    monkeypatch.setattr(HttpClient, "send", send_and_spoil)
    return spoiler


def moved(box: Sandbox, choice: random.Random) -> None:
    """Some open game's prices move."""
    while not box.world.move(choice.choice(box.world.open_games()), by=0.1):
        pass


def broken(box: Sandbox) -> list[object]:
    """As ever, but an absurd cursor that was believed may be sent once."""
    return [each for each in broken_rules(box) if getattr(each, "rule", "") != "unknown_cursor"]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", TRIED_PARTS)
@pytest.mark.parametrize("spoiler", ["fixtures", "odds", "settled"], indirect=True)
async def test_it_is_right_again_soon_after_each_absurd_value(spoiler: Spoiler, part: int, sqlite_url: str):
    choice = random.Random(7)
    pace = dict.fromkeys(PACES, f"{PACE}s") | {"resnapshot": "20s"}
    extent = Extent(leagues=1, rounds=1, traps=False)
    async with small_sandbox(extent=extent) as box, running(box, sqlite_url, pinnacle={"pace": pace}) as run:
        await run.agrees()
        for texts in in_chunks(ABSURD[part::PARTS], TOGETHER):
            for text in texts:
                assert run.daemon.components
                spoiler.text = text
                # Only a delta of odds lists something without a cause of its own.
                run.daemon.components.signals.invalidate(
                    snapshots=spoiler.kind != "odds" or choice.random() < 0.3
                )
                moved(box, choice)
                await run.until(lambda: spoiler.text is None)
            moved(box, choice)
            await run.agrees(RIGHT_WITHIN_S)
            assert run.daemon.supervisor.failing() == {}, texts
        assert broken(box) == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize("spoiler", ["specials", "special_odds", "settled_specials"], indirect=True)
async def test_specials_are_right_again_too(
    spoiler: Spoiler, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tests.end_to_end.markets.broken_rules", broken)
    choice = random.Random(7)
    pace = dict.fromkeys(PACES, f"{PACE}s") | {"resnapshot": "2s"}
    async with markets(sqlite_url, "raw", pinnacle={"pace": pace}) as tried:
        await tried.agree()
        for text in OF_SPECIALS:
            assert tried.run.daemon.components
            spoiler.text = text
            tried.run.daemon.components.signals.invalidate(snapshots=True)
            await tried.run.until(lambda: spoiler.text is None)
            moved(tried.box, choice)
            await tried.agree(RIGHT_WITHIN_S)
            assert tried.run.daemon.supervisor.failing() == {}, text
