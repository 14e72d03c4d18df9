"""Pinnacle is asked sparingly for translations: only what is needed, once, and never faster than the pace."""

from collections.abc import AsyncIterator, Collection
from datetime import timedelta
from typing import Any

import pytest

from syncd.config.presets import Pace
from syncd.linking.translator import NAMES_PER_REQUEST, Translator, translated
from syncd.matching.knowledge import shipped
from syncd.matching.translated_names import TranslatedName, UnknownName
from syncd.pinnacle.errors import (
    BadPayloadError,
    BadRequestError,
    ForbiddenError,
    NotFoundError,
    PinnacleError,
    RateLimitedError,
    UnavailableError,
)
from syncd.pinnacle.responses import Response, TranslatedText, Translation
from syncd.runtime.signals import Signals, Task
from syncd.store import feeds, translations
from syncd.store.engine import Store
from tests.web.fixtures import NOW, HandClock

GAP = Pace().translations
HOUR = timedelta(hours=1)


def unknown(name: str, country: str = "poland") -> UnknownName:
    return UnknownName(country=country, name=name, kickoff=NOW.timestamp())


def answer(name: str, **texts: str) -> Translation:
    cultures = [TranslatedText(id=culture.replace("_", "-"), text=text) for culture, text in texts.items()]
    return Translation(text=name, cultures=tuple(cultures))


class FakePinnacle:
    """Answers with what it knows, and keeps what it was asked and what was stored before."""

    base_url = "https://pinnacle.test"
    timeout_s = 30.0

    def __init__(self, store: Store) -> None:
        self.store = store
        self.asked: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
        self.known: dict[str, Translation] = {}
        self.error: PinnacleError | None = None
        self.spent_before = False

    async def translations(
        self, texts: Collection[str], cultures: Collection[str]
    ) -> Response[tuple[Translation, ...]]:
        self.asked.append((tuple(texts), tuple(cultures)))
        async with self.store.read() as conn:
            times = await feeds.load_next_times(conn, feeds.Bucket(self.base_url, "translations", 0))
        self.spent_before = times is not None and times.call_at >= self.store.clock.now() + GAP
        if self.error:
            raise self.error
        found = tuple(self.known[text] for text in texts if text in self.known)
        now = self.store.clock.now()
        return Response(payload=found, requested_at=now, received_at=now, server_time=None)


class Asking:
    """A translator, and the names that are unknown."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock: Any = store.clock
        self.pinnacle = FakePinnacle(store)
        self.signals = Signals(self.clock)
        self.inbox = self.signals.inbox(Task.RELINKER, "translations")
        self.names: list[UnknownName] = []

    async def restart(self) -> None:
        as_client: Any = self.pinnacle
        self.translator = Translator(
            client=as_client,
            store=self.store,
            clock=self.clock,
            signals=self.signals,
            pace=Pace(),
            unknown=lambda: self.names,
        )
        await self.translator.load()

    async def requests_within(self, span: timedelta) -> int:
        """Look every minute for so long; return how many requests were made."""
        before, end = len(self.pinnacle.asked), self.clock.at + span
        while self.clock.at < end:
            await self.translator.ask()
            self.clock.at += timedelta(minutes=1)
        return len(self.pinnacle.asked) - before

    async def stored(self) -> list[TranslatedName]:
        async with self.store.read() as conn:
            return await translations.load_all(conn)


@pytest.fixture
async def asking(sqlite_url: str) -> AsyncIterator[Asking]:
    async with await Store.open(sqlite_url, HandClock()) as store:
        made = Asking(store)
        await made.restart()
        yield made


async def test_an_answer_is_stored_and_passed_on(asking: Asking):
    asking.names = [unknown("White Eagles")]
    asking.pinnacle.known["White Eagles"] = answer("White Eagles", pl_PL="Białe Orły")
    assert await asking.translator.ask()
    assert asking.pinnacle.asked == [(("White Eagles",), ("pl-PL",))]
    assert await asking.stored() == [
        TranslatedName(country="poland", name="White Eagles", texts=("Białe Orły",))
    ]
    assert asking.inbox.take().translations


async def test_nothing_is_asked_while_nothing_is_unknown(asking: Asking):
    assert await asking.requests_within(timedelta(days=2)) == 0


async def test_each_name_is_asked_for_once_also_after_a_restart(asking: Asking):
    asking.names = [unknown("White Eagles"), unknown("Quick Foxes")]
    asking.pinnacle.known["White Eagles"] = answer("White Eagles", pl_PL="Białe Orły")
    assert await asking.requests_within(timedelta(days=1)) == 1
    await asking.restart()
    assert await asking.requests_within(timedelta(days=1)) == 0
    assert [each.texts for each in await asking.stored()] == [(), ("Białe Orły",)]


async def test_a_name_is_asked_for_in_each_of_its_countries(asking: Asking):
    asking.names = [unknown("Nacional", "uruguay"), unknown("Nacional", "portugal")]
    asking.pinnacle.known["Nacional"] = answer("Nacional", es_ES="Club Nacional", pt_BR="Clube Nacional")
    assert await asking.requests_within(timedelta(days=1)) == 1
    assert asking.pinnacle.asked == [(("Nacional",), ("es-ES", "pt-BR"))]
    assert {each.country: each.texts for each in await asking.stored()} == {
        "uruguay": ("Club Nacional",),
        "portugal": ("Clube Nacional",),
    }


async def test_many_names_go_a_few_at_a_time_at_the_pace(asking: Asking):
    asking.names = [unknown(f"Club {number}") for number in range(3 * NAMES_PER_REQUEST)]
    assert await asking.requests_within(GAP) == 1
    assert await asking.requests_within(timedelta(days=1)) == 2
    assert [len(texts) for texts, _ in asking.pinnacle.asked] == [NAMES_PER_REQUEST] * 3


async def test_the_pace_is_spent_before_the_request_and_outlives_a_crash(asking: Asking):
    asking.names = [unknown("White Eagles")]
    asking.pinnacle.error = UnavailableError("no response")
    await asking.translator.ask()
    assert asking.pinnacle.spent_before
    await asking.restart()
    assert await asking.requests_within(GAP) == 0
    assert await asking.requests_within(GAP) == 1


@pytest.mark.parametrize(
    "error",
    [NotFoundError("404"), ForbiddenError("403"), RateLimitedError("429"), BadPayloadError("not JSON")],
    ids=str,
)
async def test_a_refusal_costs_one_request_an_hour(asking: Asking, error: PinnacleError):
    asking.names = [unknown("White Eagles")]
    asking.pinnacle.error = error
    assert await asking.requests_within(12 * HOUR) == 12
    await asking.restart()
    assert await asking.requests_within(HOUR) <= 1
    assert await asking.stored() == []
    asking.pinnacle.error = None
    assert await asking.requests_within(2 * HOUR) == 1
    assert len(await asking.stored()) == 1


async def test_names_that_spoil_a_request_do_not_keep_others_from_being_asked(asking: Asking):
    asking.names = [unknown("White Eagles")]
    asking.pinnacle.error = BadRequestError("400")
    assert await asking.requests_within(12 * HOUR) == 1
    asking.pinnacle.error = None
    asking.names.append(unknown("Quick Foxes"))
    assert await asking.requests_within(12 * HOUR) == 1
    assert asking.pinnacle.asked[-1][0] == ("Quick Foxes",)


async def test_a_name_that_no_request_can_carry_is_left_out(asking: Asking):
    asking.names = [unknown("White|Eagles"), unknown("E" * 101), unknown("Eagles", "x" * 61)]
    assert await asking.requests_within(timedelta(days=1)) == 0


def texts_of(name: str, country: str, *answers: Translation) -> tuple[str, ...]:
    (found,) = translated([unknown(name, country)], answers, shipped())
    return found.texts


def test_what_comes_back_as_it_was_is_no_translation():
    assert texts_of("Orly", "poland", answer("Orly", pl_PL="Orły")) == ()


def test_only_the_languages_of_the_country_count():
    found = answer("White Eagles", pl_PL="Białe Orły", de_DE="Weiße Adler")
    assert texts_of("White Eagles", "poland", found) == ("Białe Orły",)
    assert texts_of("White Eagles", "germany", found) == ("Weiße Adler",)


def test_case_of_names_and_languages_does_not_matter():
    found = Translation(text="WHITE EAGLES", cultures=(TranslatedText(id="PL-pl", text="Białe Orły"),))
    assert texts_of("White Eagles", "poland", found) == ("Białe Orły",)


def test_one_spelling_in_two_languages_is_one():
    found = answer("Morning Star", de_DE="Zorza", fr_FR="ZORZA")
    assert texts_of("Morning Star", "switzerland", found) == ("ZORZA",)


def test_a_country_without_a_language_of_its_own_has_the_others():
    assert shipped().cultures_of("atlantis") == ("de-DE", "es-ES", "fr-FR")
    assert shipped().cultures_of("austria") == ("de-DE",)
