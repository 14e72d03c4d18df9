"""The set-up of the log is the process's: what one test sets up must not reach the next."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from syncd.runtime import logs


@contextmanager
def restored_logs() -> Iterator[None]:
    """Undo at the end what `logs.set_up` did, and any level that was set to a logger of ours."""
    levels = _levels()
    yield
    structlog.reset_defaults()
    root = logging.getLogger()
    # By name, because pytest has handlers of its own there, others in each phase of a test.
    for handler in [each for each in root.handlers if each.get_name() == logs.ROOT_LOGGER]:
        root.removeHandler(handler)
    logs.masks.clear()
    for name in _levels():
        logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))


def _levels() -> dict[str | None, int]:
    """Return the level of the root logger, by None, and of ours."""
    known = [name for name in logging.root.manager.loggerDict if name.split(".")[0] == logs.ROOT_LOGGER]
    return {None: logging.root.level} | {name: logging.getLogger(name).level for name in known}
