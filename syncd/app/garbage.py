"""The garbage collector of a daemon."""

import gc


def tune_garbage_collector() -> None:
    """Exclude everything that is imported and loaded by now from later collections.

    A full collection would visit all of it, and block the event loop for 50 ms and more; so would one
    now, and it would free next to nothing. Young objects are collected often enough for 10 ms each.
    """
    gc.freeze()
    gc.set_threshold(30_000, 50, 1_000)
