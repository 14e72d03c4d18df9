"""The fixtures of `tests.support.databases`, and SQLite without threads."""

from tests.support.databases import *  # noqa: F403
from tests.support.direct_sqlite import direct_sqlite_for_tests  # noqa: F401  (a fixture)
