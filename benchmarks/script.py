"""The plain loop that a user would write in an evening, to be measured against.

It blocks, keeps everything in memory, links by kick-off and similar names, and keeps none of syncd's
promises: no budget, nothing about what is in doubt, predictions made by hand are overwritten.
"""

import argparse
import http.client
import json
import sys
import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import urlsplit

SIMILAR = 0.6


class Api:
    """One kept-alive connection."""

    def __init__(self, url: str, authorization: str) -> None:
        parts = urlsplit(url)
        self._path = parts.path
        self._connection = http.client.HTTPConnection(parts.netloc)
        self._headers = {"Authorization": authorization, "Accept": "application/json"}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Send one request, and decode the response; None if it is empty."""
        text = None if body is None else json.dumps(body)
        headers = self._headers | ({"Content-Type": "application/json"} if text else {})
        self._connection.request(method, self._path + path, text, headers)
        data = self._connection.getresponse().read()
        return json.loads(data) if data else None


def match_of_events(fixtures: Any, matches: list[Any]) -> dict[int, int]:
    """Link each event to the most similar match of the same kick-off."""
    by_start: dict[datetime, list[Any]] = {}
    for match in matches:
        by_start.setdefault(datetime.fromisoformat(match["date"]), []).append(match)
    found = {}
    for event in (event for league in fixtures["league"] for event in league["events"]):
        rated = [
            (
                similarity(event["home"], each["home"]["name"])
                + similarity(event["away"], each["away"]["name"]),
                each,
            )
            for each in by_start.get(datetime.fromisoformat(event["starts"]), ())
        ]
        best = max(rated, key=lambda pair: pair[0], default=None)
        if best and best[0] > 2 * SIMILAR and "(" not in event["home"]:
            found[event["id"]] = best[1]["id"]
    return found


def similarity(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower()).ratio()


def price(period: dict[str, Any], bet_type: str) -> float | None:
    """The price behind a bet type without its margin; None if it is not offered."""
    prices: dict[str, float] = {}
    if bet_type in ("Home", "Draw", "Away"):
        prices = period.get("moneyline") or {}
        wanted = bet_type.lower()
    else:
        wanted, _, points = bet_type.lower().partition(" ")
        for total in period.get("totals", ()):
            if total["points"] == float(points):
                prices = {"over": total["over"], "under": total["under"]}
    if wanted not in prices or period.get("status", 1) != 1:
        return None
    booksum = sum(1 / prices[side] for side in ("home", "draw", "away", "over", "under") if side in prices)
    return round(prices[wanted] * booksum + 0.0005, 3)


class Script:
    """The loop: a snapshot, then deltas; every price that differs from the last one sent is sent."""

    def __init__(self, pinnacle: Api, bettune: Api, days: int) -> None:
        self._pinnacle = pinnacle
        self._bettune = bettune
        self._sent: dict[tuple[int, int], float | None] = {}
        self._filters = bettune.call("GET", "/prediction-filters")["items"]
        today = datetime.now(UTC).date()
        dates = [today + timedelta(days=day) for day in range(days)]
        matches = [m for day in dates for m in bettune.call("GET", f"/matches?date={day}&sport=1")["items"]]
        self._links = match_of_events(pinnacle.call("GET", "/v1/fixtures?sportId=29"), matches)
        self._last = 0

    def poll(self) -> None:
        """Fetch what has changed, and send it."""
        since = f"&since={self._last}" if self._last else ""
        answer = self._pinnacle.call("GET", f"/v2/odds?sportId=29&oddsFormat=Decimal{since}")
        if not answer:
            return
        self._last = answer["last"]
        for league in answer["leagues"]:
            for event in league["events"]:
                if event["id"] in self._links:
                    self._update(self._links[event["id"]], event["periods"])

    def _update(self, match: int, periods: list[dict[str, Any]]) -> None:
        for period in periods:
            for each in self._filters if period["number"] == 0 else ():
                self._write(each["id"], match, price(period, each["betType"]))

    def _write(self, filter_id: int, match: int, odds: float | None) -> None:
        if self._sent.get((filter_id, match)) == odds:
            return
        path = f"/prediction-filters/{filter_id}/matches/{match}/prediction"
        if odds is None:
            self._bettune.call("DELETE", path)
        else:
            self._bettune.call("PUT", path, {"odds": odds})
        self._sent[filter_id, match] = odds


def main() -> None:
    """Run until killed, or until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pinnacle", required=True)
    parser.add_argument("--bettune", required=True)
    parser.add_argument("--days", type=int, default=9)
    given = parser.parse_args()
    basic = "Basic " + b64encode(b"demo:demo").decode()
    script = Script(Api(given.pinnacle, basic), Api(given.bettune, "Bearer demo-token"), given.days)
    while True:
        began = time.monotonic()
        script.poll()
        print(json.dumps({"cpu_s": time.process_time()}), flush=True)
        time.sleep(max(0.05, 1.05 - (time.monotonic() - began)))


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        sys.exit(0)
