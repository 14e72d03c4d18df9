"""Every setting there is, with its type, default and meaning.

The text under a field is its documentation: `docs/configuration.md` is made of it. What holds
between several keys is in `relations.py`; where values come from is in `load.py`.
"""

import ipaddress
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

import msgspec
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from syncd.config import presets
from syncd.config.values import (
    DatabaseUrl,
    Duration,
    File,
    Globs,
    Ids,
    Name,
    NameOrId,
    Number,
    Secret,
    Span,
    Text,
    Url,
    Version,
    Whole,
    Words,
    lower,
    passwords_of,
)
from syncd.model.pinnacle import SOCCER

NO_SECRET = SecretStr("")


def seconds(count: int) -> timedelta:
    """So many seconds."""
    return timedelta(seconds=count)


def minutes(count: int) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


class Section(BaseModel):
    """A table of the config file: frozen, and without room for a misspelt key."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Store(Section):
    """The database. SQLite serves one process; PostgreSQL also several, of which one works."""

    url: DatabaseUrl = SecretStr("sqlite:///data/syncd.db")
    """`sqlite:///file` (relative to where syncd is started; four slashes for an absolute path) or
    `postgresql://user:password@host/database`."""
    url_file: File | None = None
    """A file that holds `url`, such as a Docker secret."""
    password_file: File | None = None
    """A file that holds the PostgreSQL password, which then need not stand in `url`."""
    history: Span = timedelta(days=90)
    """How long the history of prices and writes is kept."""


Endpoint = Literal[
    "sports",
    "leagues",
    "fixtures",
    "settled",
    "special_fixtures",
    "settled_specials",
    "odds",
    "special_odds",
    "periods",
    "inrunning",
    "betting_status",
    "line",
    "special_line",
    "balance",
    "currencies",
    "translations",
    "cancellation_reasons",
]


class Pace(Section):
    """How often Pinnacle is asked, per endpoint and sport, and never more often.

    `*_snapshot` is the smallest gap between two snapshots, `*_delta` between any two calls.
    The defaults are the preset's.
    """

    fixtures_snapshot: Span = presets.Pace().fixtures_snapshot
    """Whole lists of fixtures."""
    fixtures_delta: Span = presets.Pace().fixtures_delta
    """Any two calls for fixtures."""
    odds_snapshot: Span = presets.Pace().odds_snapshot
    """Whole lists of odds."""
    odds_delta: Span = presets.Pace().odds_delta
    """Any two calls for odds: how fresh predictions can be."""
    specials_snapshot: Span = presets.Pace().specials_snapshot
    """Whole lists of special fixtures and special odds; asked only when a filter needs them."""
    specials_delta: Span = presets.Pace().specials_delta
    """Any two calls for special fixtures, or special odds."""
    settled_snapshot: Span = presets.Pace().settled_snapshot
    """Whole lists of settled fixtures."""
    settled_delta: Span = presets.Pace().settled_delta
    """Any two calls for settled fixtures."""
    leagues: Span = presets.Pace().leagues
    """The list of leagues."""
    sports: Span = presets.Pace().sports
    """The list of sports."""
    resnapshot: Span = presets.Pace().resnapshot
    """A whole snapshot at least this often, whatever the deltas said: it heals what they may have lost."""


class Pinnacle(Section):
    """Where prices come from. syncd only reads there; it never places a bet."""

    preset: Literal["pinnacle", "ps3838", "manual-2017"] = "pinnacle"
    """Address, path versions and pace at once; each can be overridden below."""
    base_url: Url = presets.PRESETS["pinnacle"].base_url
    """Address of the API. The default is the preset's."""
    username: Text = ""
    """The account's user name."""
    password: Secret = NO_SECRET
    """The account's password."""
    password_file: File | None = None
    """A file that holds `password`, such as a Docker secret."""
    sports: Ids = Field(default=(29,), min_length=1)
    """Ids of the sports to follow; 29 is soccer, the only one that BetTune has: beside it no other is
    linked."""
    leagues: Ids = ()
    """Ids of the leagues to follow; empty: all."""
    timeout: Span = seconds(30)
    """An answer that takes longer counts as an outage."""
    pace: Pace = Pace()
    paths: dict[Endpoint, Version] = {}
    """The version in the path of each endpoint, such as `odds = "v3"`. The defaults are the preset's."""

    @model_validator(mode="before")
    @classmethod
    def _fill_from_preset(cls, given: Any) -> Any:
        """What is not given is the preset's, key by key."""
        if not isinstance(given, dict):
            return given
        preset = presets.PRESETS.get(str(given.get("preset")), presets.PRESETS["pinnacle"])
        filled: dict[str, Any] = {"base_url": preset.base_url, "pace": {}, "paths": {}} | given
        for table, own in (("pace", preset.pace), ("paths", preset.versions)):
            if isinstance(filled[table], dict):
                filled[table] = msgspec.structs.asdict(own) | filled[table]
        return filled

    @property
    def linked(self) -> tuple[int, ...]:
        """The sports whose events may be BetTune's matches.

        BetTune lists football: two clubs of the same names play basketball too, so where soccer is
        among the sports, only soccer is linked.
        """
        return (SOCCER,) if SOCCER in self.sports else self.sports

    @property
    def host(self) -> presets.Preset:
        """The preset with everything that overrides it."""
        return presets.Preset(
            base_url=self.base_url,
            versions=presets.Versions(**self.paths),
            pace=presets.Pace(**{name: getattr(self.pace, name) for name in Pace.model_fields}),
        )


class Limit(Section):
    """Where the request budget starts. BetTune's X-RateLimit headers and Retry-After correct it."""

    requests: Whole = Field(default=60, ge=1)
    """So many requests, reads included ..."""
    window: Span = seconds(60)
    """... in any window of this length."""


class BetTune(Section):
    """Where predictions go. Filters that no rule names, and predictions made by hand, are left alone."""

    base_url: Url = "https://ovaccess.com/bet-tune-api/v1"
    """Address of the API."""
    token: Secret = NO_SECRET
    """The API token from BetTune's settings page; it needs a PRO subscription."""
    token_file: File | None = None
    """A file that holds `token`, such as a Docker secret."""
    horizon: Duration = Field(default=timedelta(days=3), le=timedelta(days=31))
    """Matches of today and this many days on."""
    matches_every: Span = minutes(15)
    """How often matches are read; one request for each day of the horizon."""
    filters_every: Span = minutes(5)
    """How often filters are read."""
    resync_every: Span = minutes(30)
    """How often predictions are read back, to repair what drifted."""
    search_chunk: Whole = Field(default=100, ge=1, le=1000)
    """Matches asked for in one such read."""
    timeout: Span = seconds(20)
    """An answer that takes longer counts as lost, and is read back."""
    limit: Limit = Limit()


class Rule(Section):
    """How prices become Min Odds in the filters it names.

    The first rule that fits a filter wins; a filter that none fits is left alone.
    """

    filter: NameOrId
    """A BetTune filter's id, or a glob on its name (upper and lower case are the same)."""
    price: Literal["raw", "fair"] = "raw"
    """`raw`: Pinnacle's price. `fair`: its margin removed, which is always a higher price."""
    method: Literal["shin", "power", "additive", "odds_ratio", "multiplicative"] = "shin"
    """How `fair` removes the margin."""
    reference: Literal["latest", "opening", "highest"] = "latest"
    """Which of Pinnacle's prices counts: `latest`, the `opening` one, or the `highest` so far, as far back as
    syncd has seen. With `opening` and factor 1.03: bet when the price is three percent above its opening."""
    factor: Number = Field(default=Decimal("1.0"), ge=Decimal("0.5"), le=10)
    """Times this: 1.02 asks for two percent more than the price."""
    decimals: Whole = Field(default=3, ge=0, le=6)
    """Rounded up to so many decimals. `raw` with factor 1 is not rounded at all."""
    min_change: Number = Field(default=Decimal("0.0"), ge=0, lt=1)
    """A relative change smaller than this is not sent: 0.005 is half a percent. It holds raises back too."""
    on_suspend: Literal["delete", "keep"] = "delete"
    """What becomes of a prediction while Pinnacle's market is suspended."""
    suspend_grace: Duration = timedelta(0)
    """`delete` waits this long."""
    close_before: Duration = timedelta(0)
    """Withdrawn this long before kick-off."""
    open_before: Span | None = None
    """Not created earlier than this before kick-off."""
    min_odds: Number | None = Field(default=None, ge=1)
    """No prediction below these Min Odds."""
    max_odds: Number | None = Field(default=None, ge=1)
    """No prediction above these Min Odds."""
    leagues: Globs = ()
    """Only leagues whose Pinnacle name fits one of these globs; empty: all."""
    exclude_leagues: Globs = ()
    """Not these leagues, even where `leagues` fits."""
    min_limit: Number | None = Field(default=None, ge=0)
    """Only markets on which Pinnacle takes at least this stake, in the account's currency."""
    max_booksum: Number | None = Field(default=None, gt=1)
    """Only markets whose booksum is at most this: 1.06 is a margin of six percent."""


class Matching(Section):
    """How Pinnacle's events are linked to BetTune's matches."""

    kickoff_tolerance: Duration = minutes(15)
    """When the kick-offs differ by more, more evidence is asked for."""
    aliases: File | None = None
    """A file of team and league names that a person knows to be the same."""


class Safety(Section):
    """What protects money when something looks wrong."""

    stale_after: Span = minutes(10)
    """No good answer from Pinnacle for so long: everything of ours is withdrawn, until the feed returns."""
    max_jump: Number = Field(default=Decimal("0.35"), gt=0, le=1)
    """A lower price that moves further than this waits for a second poll to confirm it."""
    on_stop: Literal["keep", "withdraw"] = "keep"
    """What becomes of our predictions when syncd stops."""
    manual_delete: Literal["respect", "restore"] = "respect"
    """A prediction of ours that was deleted by hand: left so, or set again."""


class Web(Section):
    """The dashboard, health checks and metrics, on one port."""

    host: Name = "127.0.0.1"
    """Address to listen at; any other than this machine's own needs a `token`."""
    port: Whole = Field(default=8080, ge=0, le=65535)
    """Port to listen at; 0 takes a free one and logs which."""
    token: Secret = NO_SECRET
    """Needed for every change made in the browser."""
    token_file: File | None = None
    """A file that holds `token`, such as a Docker secret."""

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


class Log(Section):
    """What syncd says about itself, on standard error."""

    level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(lower)] = "info"
    """The least important that is still said."""
    format: Literal["console", "json"] = "console"
    """`console` for people, `json` for log collectors: one object per line."""


class Notify(Section):
    """Who is told when a person is needed."""

    urls: Annotated[tuple[Secret, ...], Words("a list of addresses in quotes", "a list of addresses")] = ()
    """Addresses in the notation of apprise, such as `tgram://token/chat`."""


class Settings(Section):
    """The whole configuration."""

    store: Store = Store()
    pinnacle: Pinnacle = Pinnacle()
    bettune: BetTune = BetTune()
    rules: Annotated[tuple[Rule, ...], Words("a list of tables, each headed [[rules]]")] = ()
    bet_types: dict[Name, Name] = {}
    """A filter's bet type -> a Pinnacle market, for names that the built-in table does not know:
    `"Over 2.50 goals" = "total 2.5 over"`. Keys are kept as written; case and spaces do not matter."""
    matching: Matching = Matching()
    safety: Safety = Safety()
    web: Web = Web()
    log: Log = Log()
    notify: Notify = Notify()

    @classmethod
    def of(cls, tree: dict[str, Any]) -> Self:
        """Settings from plain values, as TOML gives them; raises pydantic's `ValidationError`."""
        return cls.model_validate(tree)

    @property
    def missing_credentials(self) -> tuple[str, ...]:
        """Keys without which an API cannot be asked. A file without them still loads: they may come later."""
        given = {
            "pinnacle.username": self.pinnacle.username,
            "pinnacle.password": self.pinnacle.password.get_secret_value(),
            "bettune.token": self.bettune.token.get_secret_value(),
        }
        return tuple(key for key, value in given.items() if not value)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret that is set, in each spelling: what logs must never show."""
        own = (self.pinnacle.password, self.bettune.token, self.web.token, *self.notify.urls)
        texts = [secret.get_secret_value() for secret in own]
        return tuple(filter(None, [*texts, *passwords_of(self.store.url.get_secret_value())]))
