"""SQLite without threads."""

from tests.support.direct_sqlite import direct_sqlite_for_tests  # noqa: F401  (a fixture)
