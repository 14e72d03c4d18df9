"""The fixtures of `tests.support.sandbox`."""

from tests.support.sandbox import *  # noqa: F403  (fixtures)
