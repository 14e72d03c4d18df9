"""The fixtures of `tests.support.sandbox`."""

from tests.support.sandbox import clock, sandbox, session  # noqa: F401  (fixtures)
