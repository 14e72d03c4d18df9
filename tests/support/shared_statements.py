"""Statements compiled once in a test process, where each test has a store of its own.

SQLAlchemy keeps what it has compiled by engine, and to compile all again took a fifth of most tests. The
result depends only on the kind of database, so here all engines of a kind share it.
"""

from typing import Any

from sqlalchemy.util import LRUCache

from syncd.store import drivers
from syncd.store.connection import AsyncEngine

KEPT = 2_000


class SharedStatements:
    """What SQLAlchemy uses of a cache; its keys begin with the engine's own dialect."""

    def __init__(self) -> None:
        self._compiled: LRUCache[Any, Any] = LRUCache(KEPT)

    def get(self, key: tuple[Any, ...]) -> Any:
        return self._compiled.get((type(key[0]), *key[1:]))

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        self._compiled[type(key[0]), *key[1:]] = compiled

    def __len__(self) -> int:
        return len(self._compiled)


def install() -> None:
    """Share them among all engines that the store makes from now on."""
    shared, make = SharedStatements(), drivers.create_async_engine

    def make_sharing(*arguments: Any, **options: Any) -> AsyncEngine:
        engine = make(*arguments, **options)
        engine.sync_engine._compiled_cache = shared  # type: ignore[assignment]
        return engine

    drivers.create_async_engine = make_sharing
