"""The fixtures of `tests.support.sandbox`, and virtual time."""

from tests.support.sandbox import clock, sandbox, session  # noqa: F401  (fixtures)
from tests.support.virtual_time import (  # noqa: F401  (a hook and a fixture)
    pytest_asyncio_loop_factories,
    virtual_libraries_for_tests,
)
