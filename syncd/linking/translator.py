"""The translator: asks Pinnacle how it writes in other languages what shares nothing with any match's name.

It is sparing: it asks only while such an event waits at the time of a match that waits, a few names in one
request, each name once. What Pinnacle says is kept, also that it has no translation.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

import structlog

from syncd.config.presets import Pace
from syncd.matching.knowledge import Knowledge, shipped
from syncd.matching.parameters import MAX_NAME_LETTERS
from syncd.matching.spelling import normalize
from syncd.matching.translated_names import TranslatedName, UnknownName
from syncd.model.feed import EVERY_SPORT
from syncd.pinnacle.client import PinnacleClient
from syncd.pinnacle.errors import BadRequestError, PinnacleError, RateLimitedError, UnavailableError
from syncd.pinnacle.feed.pacer import Pacer
from syncd.pinnacle.responses import Translation
from syncd.runtime.clock import Clock
from syncd.runtime.signals import Signals
from syncd.store import feeds, translations
from syncd.store.engine import Store

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 60.0
"""Seconds between two looks at what is unknown."""

NAMES_PER_REQUEST = 10

REFUSED_PAUSE = timedelta(hours=1)
"""After a refusal, also by a host that never had this endpoint: it may be there one day."""

MAX_COUNTRY_LETTERS = 60
"""A league's name may begin with anything."""


class Translator:
    """Asks for the translations of unknown names, and stores them. Call `load` before anything else."""

    def __init__(
        self,
        *,
        client: PinnacleClient,
        store: Store,
        clock: Clock,
        signals: Signals,
        pace: Pace,
        unknown: Callable[[], Sequence[UnknownName]],
    ) -> None:
        self._client = client
        self._store = store
        self._clock = clock
        self._signals = signals
        self._unknown = unknown
        self._pacer = Pacer(clock, pace.gaps("translations"))
        self._bucket = feeds.Bucket(client.base_url[:200], "translations", EVERY_SPORT)
        self._asked: set[tuple[str, str]] = set()

    async def load(self) -> None:
        """Load the pace, and the names that were asked for, from the store."""
        async with self._store.read() as conn:
            self._pacer.restore(await feeds.load_next_times(conn, self._bucket))
            known = await translations.load_all(conn)
        self._asked = {(each.country, each.name) for each in known}

    async def step(self) -> None:
        """Pause, and ask if something is unknown and the pace allows it."""
        await self._clock.sleep(LOOK_EVERY_S)
        await self.ask()

    async def ask(self) -> bool:
        """Ask for the names that are needed first; return whether a request was made."""
        if self._pacer.wait(snapshot=False):
            return False
        names = self._next_names()
        if names:
            await self._begin()
            try:
                await self._request(names)
            finally:
                await self._save_pace()
        return bool(names)

    def _next_names(self) -> list[UnknownName]:
        """Return the next names: no more texts than one request may have."""
        new = [each for each in self._unknown() if (each.country, each.name) not in self._asked]
        return [each for each in new if _can_be_asked(each)][:NAMES_PER_REQUEST]

    async def _begin(self) -> None:
        """Spend the pace, before the request: no crash may break it."""
        timeout = timedelta(seconds=self._client.timeout_s)
        times = self._pacer.times_after(snapshot=False, timeout=timeout)
        await self._store.write_rows([feeds.times_row(self._bucket, times)])
        self._pacer.begin(snapshot=False, timeout=timeout)

    async def _save_pace(self) -> None:
        await self._store.write_rows([feeds.times_row(self._bucket, self._pacer.times())])

    async def _request(self, names: Sequence[UnknownName]) -> None:
        texts = sorted({each.name for each in names})
        cultures = sorted({culture for each in names for culture in shipped().cultures_of(each.country)})
        try:
            answers = await self._send(texts, cultures)
        except BadRequestError as exc:
            self._refused(exc)
            # One of the names may be to blame: none may keep the others from being asked.
            answers = ()
        except PinnacleError as exc:
            self._refused(exc)
            return
        await self._save(names, answers)

    async def _send(self, texts: Sequence[str], cultures: Sequence[str]) -> Sequence[Translation]:
        try:
            return (await self._client.translations(texts, cultures)).payload
        finally:
            self._pacer.end(snapshot=False)

    def _refused(self, exc: PinnacleError) -> None:
        log.debug("names_not_translated", error=str(exc))
        if isinstance(exc, RateLimitedError):
            named = timedelta(seconds=exc.retry_after_s or 0)
            self._pacer.pause(max(named, REFUSED_PAUSE))
        elif not isinstance(exc, UnavailableError):
            self._pacer.pause(REFUSED_PAUSE)

    async def _save(self, names: Sequence[UnknownName], answers: Iterable[Translation]) -> None:
        found = list(translated(names, answers, shipped()))
        async with self._store.write() as conn:
            await translations.save(conn, found)
        self._asked |= {(each.country, each.name) for each in found}
        log.info("names_translated", asked=len(found), translated=sum(bool(each.texts) for each in found))
        self._signals.invalidate(translations=True)


def _can_be_asked(unknown: UnknownName) -> bool:
    """Return whether a request can carry the name, and the store keep it."""
    short = len(unknown.name) <= MAX_NAME_LETTERS and len(unknown.country) <= MAX_COUNTRY_LETTERS
    return short and "|" not in unknown.name


def translated(
    names: Iterable[UnknownName], answers: Iterable[Translation], knowledge: Knowledge
) -> Iterator[TranslatedName]:
    """Yield each name with what was answered in the languages of its country."""
    by_text = {each.text.casefold(): each for each in answers}
    for each in names:
        answer = by_text.get(each.name.casefold())
        cultures = {culture.casefold() for culture in knowledge.cultures_of(each.country)}
        texts = {
            normalize(found.text): found.text
            for found in (answer.cultures if answer else ())
            if found.id.casefold() in cultures and len(found.text) <= MAX_NAME_LETTERS
        }
        # A text without a translation may come back as it is.
        texts = {key: text for key, text in texts.items() if key not in ("", normalize(each.name))}
        yield TranslatedName(country=each.country, name=each.name, texts=tuple(texts.values()))
