"""A sport that Pinnacle forbids by a code that names it, beside one that works."""

from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from syncd.simulator.sandbox import Sandbox
from syncd.web.health import readiness
from tests.end_to_end.running import running

FORBIDDEN_SPORT = "4"


@pytest.fixture
def forbidden(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The sports that are refused; a test may change them."""
    apply, sports = box.pinnacle.faults.apply, {FORBIDDEN_SPORT}

    async def refuse(
        request: web.Request, respond: Callable[[], Awaitable[web.Response]]
    ) -> web.StreamResponse:
        sport = request.query.get("sportid") or request.query.get("sportId")
        if sport in sports:
            return web.json_response({"code": "SPORT_ACCESS_DENIED", "message": "no"}, status=403)
        return await apply(request, respond)

    monkeypatch.setattr(box.pinnacle.faults, "apply", refuse)
    return sports


async def test_the_daemon_is_ready_and_says_what_is_forbidden(
    box: Sandbox, sqlite_url: str, forbidden: set[str]
):
    async with running(box, sqlite_url, pinnacle={"sports": [29, 4]}) as run:
        await run.agrees()
        await run.until(lambda: readiness(run.daemon).ok)
        assert "pinnacle.odds.4" in {each.subject for each in run.daemon.alerts.firing}
        forbidden.add("29")
        await run.until(lambda: not readiness(run.daemon).ok, within=900, every=1)
