"""Pinnacle's own translations of team names; each name is asked for once, and kept."""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Row, select

from syncd.matching.translated_names import TranslatedName
from syncd.store.connection import AsyncConnection
from syncd.store.rows import load, upsert
from syncd.store.schema import translations


async def load_all(conn: AsyncConnection) -> list[TranslatedName]:
    """Load all names that Pinnacle was asked for, also those without a translation."""
    query = select(translations).order_by(translations.c.country, translations.c.name)
    return await load(conn, query, _translated)


async def save(conn: AsyncConnection, names: Iterable[TranslatedName]) -> None:
    """Save these, each in place of an earlier one. No name may occur twice."""
    await upsert(conn, translations, map(_values, names))


def _values(name: TranslatedName) -> dict[str, str]:
    texts = msgspec.json.encode(name.texts).decode()
    return {"country": name.country, "name": name.name, "texts_json": texts}


def _translated(row: Row[Any]) -> TranslatedName:
    texts = msgspec.json.decode(row.texts_json, type=tuple[str, ...])
    return TranslatedName(country=row.country, name=row.name, texts=texts)
