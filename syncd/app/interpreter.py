"""The interpreter of a daemon: its garbage collector, and the turns of its threads."""

import gc
import sys

SWITCH_INTERVAL_S = 0.0005
"""Longest turn of a thread while another waits for the interpreter, in seconds: a tenth of Python's.

While the linker works in its thread, each response and each commit waits for so long, several in one write.
"""


def tune_interpreter() -> None:
    """Have the collector and the threads keep the event loop for as short as possible."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    _tune_garbage_collector()


def _tune_garbage_collector() -> None:
    """Exclude everything that is imported and loaded by now from later collections.

    A full collection would visit all of it, and block the event loop for 50 ms and more; so would one
    now, and it would free next to nothing. Young objects are collected often enough for 10 ms each.
    """
    gc.freeze()
    gc.set_threshold(30_000, 50, 1_000)
