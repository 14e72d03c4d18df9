"""One look at the daemon: its `/readyz`, by HTTP."""

from typing import Any

import msgspec

from syncd.runtime.clock import Clock
from syncd.runtime.http import HttpClient, HttpResponse
from syncd.runtime.http_errors import TransportError

TIMEOUT_S = 5.0
"""A daemon that does not respond within this time counts as hung."""

MAX_BODY = 256 * 1024


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one request for the daemon's readiness."""

    is_ready: bool
    """It is ready, or it stands by: then another process works."""
    reasons: tuple[str, ...] = ()
    """The reasons why it is not ready."""
    lease_holder: str = ""
    """The process that has the lease, as the daemon says. Empty if it does not say."""
    withdraws: bool = False
    """It withdraws by itself: everything, or what rests on stale feeds."""
    lacks_bettune: bool = False
    """It says that BetTune does not respond to it, or refuses."""
    is_full: bool = False
    """It turned the guard away because of other visitors: it is alive, and more is not known."""
    responded: bool = True


class DaemonProbe:
    """Requests the readiness of the daemon at one address. Use it as an async context manager.

    Raises `ValueError` for an address that cannot be used.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        self._http = HttpClient(
            url, clock=clock, timeout_s=TIMEOUT_S, connect_timeout_s=TIMEOUT_S, max_body=MAX_BODY
        )

    async def __aenter__(self) -> "DaemonProbe":
        await self._http.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.__aexit__(None, None, None)

    async def look(self) -> Sighting:
        """Request the readiness once. Never raises: no response is a sighting too."""
        try:
            response = await self._http.send("GET", "/readyz")
        except TransportError as error:
            return Sighting(is_ready=False, reasons=(str(error),), responded=False)
        return _sighting(response)


def _sighting(response: HttpResponse) -> Sighting:
    report = _report(response.body)
    if report is None:
        return Sighting(
            is_ready=False, reasons=(f"a response that is not syncd's, status {response.status}",)
        )
    state, reasons = str(report.get("state", "")), report.get("reasons")
    return Sighting(
        is_ready=response.status == 200 or state == "standing by",
        withdraws=state == "only withdrawing" or report.get("withdraws") is True,
        is_full=state == "full",
        reasons=tuple(map(str, reasons)) if isinstance(reasons, list) else (),
        lease_holder=str(report.get("lease_holder") or ""),
        lacks_bettune=report.get("lacks_bettune") is True,
    )


def _report(body: bytes) -> dict[str, Any] | None:
    try:
        report = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    return report if isinstance(report, dict) and "state" in report else None
