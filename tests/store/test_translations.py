"""Translated names are kept, also those without a translation."""

from syncd.matching.translated_names import TranslatedName
from syncd.store import translations
from syncd.store.engine import Store

EAGLES = TranslatedName(country="poland", name="White Eagles", texts=("Białe Orły", "Weiße Adler"))


async def test_names_are_loaded_as_they_were_saved(store: Store) -> None:
    elsewhere = TranslatedName(country="serbia", name="White Eagles")
    async with store.write() as conn:
        await translations.save(conn, [EAGLES, elsewhere])
        assert await translations.load_all(conn) == [EAGLES, elsewhere]


async def test_a_name_has_one_row(store: Store) -> None:
    async with store.write() as conn:
        await translations.save(conn, [TranslatedName(country="poland", name="White Eagles")])
        await translations.save(conn, [EAGLES])
        assert await translations.load_all(conn) == [EAGLES]
