"""A clock moved by hand, and a Pinnacle in memory that responds in Pinnacle's own JSON."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial

from syncd.config.presets import PRESETS
from syncd.pinnacle.client import ENDPOINT_PATHS
from syncd.pinnacle.decode.events import decode_fixtures, decode_odds, decode_settled
from syncd.pinnacle.decode.reference_data import decode_betting_status, decode_leagues, decode_live_events
from syncd.pinnacle.decode.specials import decode_settled_specials, decode_specials
from syncd.pinnacle.responses import Response

VERSIONS = PRESETS["manual-2017"].versions
SPORT = 29
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
KICKOFF = START + timedelta(days=1)


class HandClock:
    """A clock that does not advance by itself."""

    def __init__(self):
        self.passed = 0.0
        self.jumped = timedelta(0)

    def now(self):
        return START + timedelta(seconds=self.passed) + self.jumped

    def monotonic(self):
        return 1_000 + self.passed

    async def sleep(self, seconds):
        self.passed += seconds

    def move(self, *, seconds):
        self.passed += seconds


class FakePinnacle:
    """Events and odds with one sequence for all; every change is a new number."""

    base_url = "https://pinnacle.test"
    timeout_s = 30.0

    def __init__(self, clock):
        self.clock = clock
        self.sequence = 1000
        self.fixture = {}
        self.fixture_changed = {}
        self.period = {}
        self.period_changed = {}
        self.settlements = []
        self.special = {}
        self.special_changed = {}
        self.special_price = {}
        self.special_price_changed = {}
        self.special_settlements = []
        self.league_names = {1: "England - Premier League"}
        self.sends_names = True
        self.calls = []
        self.faults = []
        self.server_time = None
        self.cached = {}
        """Earlier bodies that are sent in place of the present snapshot, by endpoint."""

    # --- what happens at Pinnacle ---

    def offer(self, event_id, *, home="Home", away="Away", starts=KICKOFF, status="O", **more):
        self.sequence += 1
        starts = starts.strftime("%Y-%m-%dT%H:%M:%SZ")
        self.fixture[event_id] = {
            "id": event_id, "starts": starts, "home": home, "away": away, "status": status, **more,
        }  # fmt: skip
        self.fixture_changed[event_id] = self.sequence

    def withdraw(self, event_id):
        self.fixture.pop(event_id, None)

    def price(self, event_id, home=2.0, *, number=0, cutoff=KICKOFF, **more):
        self.sequence += 1
        self.period[event_id, number] = {
            "lineId": self.sequence, "number": number, "status": 1,
            "cutoff": cutoff.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "moneyline": {"home": home, "draw": 3.5, "away": 4.0}, **more,
        }  # fmt: skip
        self.period_changed[event_id, number] = self.sequence

    def take_down(self, event_id, number=0):
        self.period.pop((event_id, number), None)

    def settle(self, event_id, *, status=1, number=0, at=None):
        self.sequence += 1
        self.settlements.append((event_id, number, status, self.sequence, at or self.clock.now()))

    def offer_special(self, special_id, *, event=1, name="Both Teams To Score?", cutoff=KICKOFF, **more):
        """Its contestants have ten times its id and the next one; an outright has no `event`."""
        self.sequence += 1
        self.special[special_id] = {
            "id": special_id, "name": name, "betType": "MULTI_WAY_HEAD_TO_HEAD", "status": "O",
            "cutoff": cutoff.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "contestants": [{"id": 10 * special_id + n, "name": ("Yes", "No")[n]} for n in (0, 1)],
            **({"event": {"id": event, "periodNumber": 0}} if event else {}), **more,
        }  # fmt: skip
        self.special_changed[special_id] = self.sequence

    def withdraw_special(self, special_id):
        self.special.pop(special_id, None)

    def price_special(self, special_id, *prices):
        """The prices of its contestants in order; without any, all are withdrawn."""
        self.sequence += 1
        lines = [
            {"id": 10 * special_id + n, "lineId": self.sequence, "price": p} for n, p in enumerate(prices)
        ]
        self.special_price[special_id] = {"id": special_id, "maxBet": 500.0, "contestantLines": lines}
        self.special_price_changed[special_id] = self.sequence

    def take_down_special(self, special_id):
        self.special_price.pop(special_id, None)

    def settle_special(self, special_id, *, status=1, at=None):
        self.sequence += 1
        self.special_settlements.append((special_id, status, self.sequence, at or self.clock.now()))

    def fail(self, *faults):
        self.faults.extend(faults)

    def keep_cached(self, endpoint):
        """From now on a snapshot is as it is at this moment."""
        self.cached[endpoint] = self._body(endpoint, None)

    # --- what the client would do ---

    def path(self, endpoint):
        return f"/{VERSIONS[endpoint]}/{ENDPOINT_PATHS[endpoint]}"

    async def fixtures(self, sport_id, *, leagues=(), since=None):
        return self._respond("fixtures", since, partial(decode_fixtures, sport_id=sport_id))

    async def odds(self, sport_id, *, leagues=(), since=None):
        return self._respond("odds", since, partial(decode_odds, sport_id=sport_id))

    async def settled(self, sport_id, *, leagues=(), since=None):
        return self._respond("settled", since, partial(decode_settled, sport_id=sport_id))

    async def special_fixtures(self, sport_id, *, leagues=(), since=None):
        return self._respond("special_fixtures", since, partial(decode_specials, sport_id=sport_id))

    async def special_odds(self, sport_id, *, leagues=(), since=None):
        return self._respond("special_odds", since, partial(decode_specials, sport_id=sport_id))

    async def settled_specials(self, sport_id, *, leagues=(), since=None):
        return self._respond("settled_specials", since, partial(decode_settled_specials, sport_id=sport_id))

    async def leagues(self, sport_id):
        return self._respond("leagues", None, partial(decode_leagues, sport_id=sport_id))

    async def betting_status(self):
        return self._respond("betting_status", None, decode_betting_status)

    async def inrunning(self):
        return self._respond("inrunning", None, decode_live_events)

    def _respond(self, endpoint, since, decode):
        self.calls.append((endpoint, since, self.clock.monotonic()))
        requested_at = self.clock.now()
        if self.faults:
            fault = self.faults.pop(0)
            if isinstance(fault, BaseException):
                raise fault
            body = fault
        elif since is None and endpoint in self.cached:
            body = self.cached[endpoint]
        else:
            body = self._body(endpoint, since)
        return Response(
            payload=decode(body),
            requested_at=requested_at,
            received_at=self.clock.now(),
            server_time=self.server_time,
        )

    def _body(self, endpoint, since):
        if endpoint in ("betting_status", "inrunning"):
            return b""
        if endpoint == "leagues":
            rows = [{"id": number, "name": name} for number, name in self.league_names.items()]
            return json.dumps({"leagues": rows}).encode()
        rows = getattr(self, f"_{endpoint}_rows")(since or 0)
        if not rows:
            return b""
        key = "league" if endpoint == "fixtures" else "leagues"
        league = {"id": 1, "specials" if "special" in endpoint else "events": rows}
        if self.sends_names:
            league["name"] = self.league_names[1]
        return json.dumps({"sportId": SPORT, "last": self.sequence, key: [league]}).encode()

    def _fixtures_rows(self, since):
        return [row for event, row in self.fixture.items() if self.fixture_changed[event] > since]

    def _odds_rows(self, since):
        return [
            {"id": event, "periods": [row]}
            for (event, number), row in self.period.items()
            if self.period_changed[event, number] > since
        ]

    def _special_fixtures_rows(self, since):
        return [row for special, row in self.special.items() if self.special_changed[special] > since]

    def _special_odds_rows(self, since):
        changed = self.special_price_changed
        return [row for special, row in self.special_price.items() if changed[special] > since]

    def _settled_specials_rows(self, since):
        return [
            {
                "id": special, "status": status, "settlementId": settlement,
                "settledAt": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            }
            for special, status, settlement, at in self.special_settlements
            if settlement > since
        ]  # fmt: skip

    def _settled_rows(self, since):
        return [
            {
                "id": event,
                "periods": [
                    {
                        "number": number, "status": status, "settlementId": settlement,
                        "settledAt": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "team1Score": 2, "team2Score": 1,
                    }
                ],
            }
            for event, number, status, settlement, at in self.settlements
            if settlement > since
        ]  # fmt: skip
