"""How the interpreter divides its time."""

import gc
import sys
from collections.abc import Iterator

import pytest

from syncd.app.interpreter import tune_interpreter


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave the interpreter as it was."""
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    yield
    sys.setswitchinterval(interval)
    gc.set_threshold(*thresholds)
    gc.unfreeze()


def test_a_thread_that_links_gives_way_within_a_millisecond():
    sys.setswitchinterval(0.005)
    tune_interpreter()
    assert sys.getswitchinterval() <= 0.001


def test_no_collection_visits_what_is_loaded_by_now():
    tune_interpreter()
    assert gc.get_freeze_count() > 1000
