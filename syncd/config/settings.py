"""All settings, with type, default and meaning.

The text under a field is its documentation: `docs/configuration.md` is generated from it. Constraints
between several keys are in `relations.py`; `load.py` says where values come from.
"""

import ipaddress
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from syncd.config.database_url import passwords_of
from syncd.config.presets import DEFAULT_PRESET, PRESETS, Endpoint, Pace
from syncd.config.values import (
    DatabaseUrl,
    Duration,
    Expected,
    File,
    Globs,
    Host,
    Hours,
    Ids,
    Name,
    NameOrId,
    NotifyUrls,
    Number,
    Secret,
    SettingsSection,
    Size,
    Span,
    Text,
    TimeOfDay,
    Url,
    Version,
    Whole,
    lower,
)
from syncd.model.pinnacle import SOCCER

NO_SECRET = SecretStr("")


class StoreSettings(SettingsSection):
    """The database. SQLite serves one process; PostgreSQL serves several, one of which does the work."""

    url: DatabaseUrl = SecretStr("sqlite:///data/syncd.db")
    """`sqlite:///file` (relative to the directory where syncd is started; four slashes for an absolute path)
    or `postgresql://user:password@host/database`. A password may have any characters; only `%` is written
    `%25`."""
    url_file: File | None = None
    """A file that contains `url`, such as a Docker secret."""
    password_file: File | None = None
    """A file that contains the PostgreSQL password, so that `url` need not contain it."""
    history: Span = timedelta(days=90)
    """The history of prices and writes is kept this long."""


class PinnacleSettings(SettingsSection):
    """The source of prices. syncd only reads there; it never places a bet."""

    preset: Literal["pinnacle", "ps3838", "manual-2017"] = "pinnacle"
    """Address, path versions and pace of a host; each can be overridden below."""
    base_url: Url = DEFAULT_PRESET.base_url
    """Address of the API. The default is the preset's."""
    username: Text = ""
    """The account's user name."""
    password: Secret = NO_SECRET
    """The account's password."""
    password_file: File | None = None
    """A file that contains `password`, such as a Docker secret."""
    sports: Ids = Field(default=(SOCCER,), min_length=1)
    """Ids of the sports to follow. 29 is soccer, the only sport of BetTune: if it is in the list, no other
    sport is linked."""
    leagues: Ids = ()
    """Ids of the leagues to follow; empty: all."""
    timeout: Span = timedelta(seconds=30)
    """A request without a response after this time counts as an outage."""
    pace: Pace = Pace()
    paths: dict[Endpoint, Version] = Field(default={})
    """The version in the path of each endpoint, such as `odds = "v3"`. The defaults are the preset's."""

    @model_validator(mode="before")
    @classmethod
    def _fill_from_preset(cls, given: Any) -> Any:
        """Take what is not given from the preset, key by key."""
        if not isinstance(given, dict):
            return given
        preset = PRESETS.get(str(given.get("preset")), DEFAULT_PRESET)
        filled: dict[str, Any] = {"base_url": preset.base_url, "pace": {}, "paths": {}} | given
        for table, defaults in (("pace", dict(preset.pace)), ("paths", dict(preset.versions))):
            if isinstance(filled[table], dict):
                filled[table] = defaults | filled[table]
        return filled

    @property
    def linked_sports(self) -> tuple[int, ...]:
        """The sports whose events may be BetTune's matches.

        BetTune lists football only. Two clubs of the same names also play basketball, so only soccer is
        linked if it is among the sports.
        """
        return (SOCCER,) if SOCCER in self.sports else self.sports


class LimitSettings(SettingsSection):
    """The request budget to begin with. BetTune's X-RateLimit headers and Retry-After correct it."""

    requests: Whole = Field(default=60, ge=1, le=1_000_000)
    """The number of requests, reads included, that BetTune allows in any `window`."""
    window: Span = timedelta(seconds=60)
    """The length of the window in which requests are counted."""


class BetTuneSettings(SettingsSection):
    """The target of predictions. Filters that no rule names, and predictions made by hand, are left alone."""

    base_url: Url = "https://ovaccess.com/bet-tune-api/v1"
    """Address of the API."""
    token: Secret = NO_SECRET
    """The API token from BetTune's settings page; it needs a PRO subscription."""
    token_file: File | None = None
    """A file that contains `token`, such as a Docker secret."""
    horizon: Duration = Field(default=timedelta(days=3), le=timedelta(days=31))
    """Matches of today and of this many days after it."""
    matches_every: Span = timedelta(minutes=15)
    """Matches are read this often, with one request for each day of the horizon."""
    filters_every: Span = timedelta(minutes=5)
    """Filters are read this often."""
    resync_every: Span = timedelta(minutes=30)
    """Predictions are read back this often, to repair drift."""
    search_chunk: Whole = Field(default=100, ge=1, le=1000)
    """The number of matches in one request that reads predictions."""
    timeout: Span = timedelta(seconds=20)
    """The response to a write counts as lost after this time, and the prediction is read back."""
    limit: LimitSettings = LimitSettings()


class Rule(SettingsSection):
    """Rules turn prices into Min Odds in the filters that they name.

    The first rule that fits a filter applies; a filter that no rule fits is left alone.
    """

    filter: NameOrId
    """A BetTune filter's id, or a glob on its name (upper and lower case are the same)."""
    price: Literal["raw", "fair"] = "raw"
    """`raw`: Pinnacle's price. `fair`: its margin removed, which is always a higher price."""
    method: Literal["shin", "power", "additive", "odds_ratio", "multiplicative"] = "shin"
    """The method by which `fair` removes the margin."""
    reference: Literal["latest", "opening", "highest"] = "latest"
    """The price of Pinnacle's that counts: the `latest`, the `opening` one, or the `highest` so far, as far
    back as the history of syncd goes. `opening` with factor 1.03: bet when the price is three percent above
    its opening."""
    factor: Number = Field(default=Decimal("1.0"), ge=Decimal("0.5"), le=10)
    """The price is multiplied by this: 1.02 asks for two percent more than the price."""
    decimals: Whole = Field(default=3, ge=0, le=6)
    """Min Odds are rounded up to this many decimals. `raw` with factor 1 is not rounded at all."""
    min_change: Number = Field(default=Decimal("0.0"), ge=0, lt=1)
    """A smaller relative change is not sent: 0.005 is half a percent. This also applies to raises."""
    on_suspend: Literal["delete", "keep"] = "delete"
    """Delete or keep a prediction while Pinnacle's market is suspended."""
    suspend_grace: Duration = timedelta(0)
    """`delete` waits this long."""
    close_before: Duration = timedelta(0)
    """Predictions are withdrawn this long before kick-off."""
    open_before: Span | None = None
    """Predictions are not created earlier than this before kick-off."""
    min_odds: Number | None = Field(default=None, ge=1, le=1_000_000)
    """No prediction below these Min Odds."""
    max_odds: Number | None = Field(default=None, ge=1, le=1_000_000)
    """No prediction above these Min Odds."""
    leagues: Globs = ()
    """Only leagues whose Pinnacle name fits one of these globs; empty: all."""
    exclude_leagues: Globs = ()
    """Not these leagues, even if `leagues` fits."""
    min_limit: Number | None = Field(default=None, ge=0, le=10**12)
    """Only markets on which Pinnacle takes at least this stake, in the account's currency."""
    max_booksum: Number | None = Field(default=None, gt=1)
    """Only markets whose booksum is at most this: 1.06 is a margin of six percent."""


class MatchingSettings(SettingsSection):
    """Linking of Pinnacle's events with BetTune's matches."""

    kickoff_tolerance: Duration = timedelta(minutes=15)
    """If the kick-offs differ by more, a link needs more evidence."""
    aliases: File | None = None
    """A file of team and league names that you know to be the same."""
    evidence: Duration = Field(default=timedelta(days=8), le=timedelta(days=31))
    """Matches of today and of this many days after it are read as evidence: a team's other games show who it
    is. Those after `bettune.horizon` are read four times a day, with one request for each day, and nothing is
    written for them. Less than `bettune.horizon` counts as that."""
    results: Duration = Field(default=timedelta(days=3), le=timedelta(days=31))
    """After each game the results of Pinnacle and BetTune are compared, for so long after it. BetTune's
    matches of a day that is over are read again as long as links wait for their results. 0: never."""


class SafetySettings(SettingsSection):
    """Protection of money when something looks wrong."""

    stale_after: Span = timedelta(minutes=10)
    """After this time without a good response from Pinnacle, all our predictions are withdrawn until the feed
    returns."""
    max_jump: Number = Field(default=Decimal("0.35"), gt=0, le=1)
    """A lower price that moves further than this waits for a second poll to confirm it."""
    on_stop: Literal["keep", "withdraw"] = "keep"
    """Keep or withdraw our predictions when syncd stops."""
    manual_delete: Literal["respect", "restore"] = "respect"
    """A prediction of ours that was deleted by hand: leave it deleted, or set it again."""


class WebSettings(SettingsSection):
    """The page, health checks and metrics, on one port."""

    host: Host = "127.0.0.1"
    """Address to listen at; any that other machines can reach needs a `token`."""
    port: Whole = Field(default=8080, ge=0, le=65535)
    """Port to listen at; 0 takes a free one and logs which."""
    token: Secret = NO_SECRET
    """Every change made on the page needs it; without a token, anybody on this machine can change things. The
    page and its API ask for it if other machines can reach `host`, or if a request names another host, as
    through a reverse proxy. At least 16 characters if other machines can reach `host`."""
    token_file: File | None = None
    """A file that contains `token`, such as a Docker secret."""

    @property
    def is_local(self) -> bool:
        """True if only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


class LogSettings(SettingsSection):
    """The log, on standard error."""

    level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(lower)] = "info"
    """The least important level that is logged."""
    format: Literal["console", "json"] = "console"
    """`console` for people, `json` for log collectors: one object per line."""


class NotifySettings(SettingsSection):
    """Where alerts are sent that need a user's attention."""

    urls: NotifyUrls = ()
    """Addresses in the notation of apprise, such as `tgram://token/chat`."""
    quiet: Hours = None
    """Hours without messages, by the machine's clock, such as `"23:00-07:00"`. What fires in them, and lasts,
    is reported at their end."""
    summary: TimeOfDay = None
    """When a summary of the last day is sent, such as `"08:00"`. Empty: never."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses in plain text; they contain secrets."""
        return tuple(url.get_secret_value() for url in self.urls)


class RecordSettings(SettingsSection):
    """A recording of all responses of both services, as they came: off without a directory."""

    directory: File | None = None
    """Where to record: a compressed file a day, some hundred megabytes with Pinnacle's soccer."""
    max_size: Size = 20 * 10**9
    """The oldest days are deleted beyond this. At least a gigabyte is always left free on the disk."""
    max_age: Span = timedelta(days=90)
    """Days older than this are deleted."""


class GuardSettings(SettingsSection):
    """`syncd guard`, a small second process that withdraws predictions when the daemon cannot."""

    url: Url = "http://127.0.0.1:8080"
    """The daemon's address and port, as `[web]` sets them."""
    after: Span = timedelta(minutes=10)
    """A daemon that is not ready for this time counts as failed: its predictions are withdrawn."""


class Settings(SettingsSection):
    """The whole configuration."""

    store: StoreSettings = StoreSettings()
    pinnacle: PinnacleSettings = PinnacleSettings()
    bettune: BetTuneSettings = BetTuneSettings()
    rules: Annotated[tuple[Rule, ...], Expected("a list of tables, each headed [[rules]]")] = ()
    bet_types: dict[Name, Name] = Field(default={})
    """A filter's bet type -> a Pinnacle market, for names that the built-in table does not know:
    `"Over 2.50 goals" = "total 2.5 over"`. Keys are kept as written; case and spaces do not matter."""
    matching: MatchingSettings = MatchingSettings()
    safety: SafetySettings = SafetySettings()
    web: WebSettings = WebSettings()
    log: LogSettings = LogSettings()
    notify: NotifySettings = NotifySettings()
    guard: GuardSettings = GuardSettings()
    record: RecordSettings = RecordSettings()

    @classmethod
    def of(cls, tree: dict[str, Any]) -> Self:
        """Settings from plain values, as TOML gives them. Raises pydantic's `ValidationError`."""
        return cls.model_validate(tree)

    @property
    def missing_credentials(self) -> tuple[str, ...]:
        """The dotted keys of missing credentials. A file without them still loads: they may come later."""
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
