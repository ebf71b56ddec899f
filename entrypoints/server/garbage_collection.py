"""Settings of the garbage collector for a process that starts once and then serves."""

import gc

YOUNG_THRESHOLD = 10_000
"""New objects before the youngest generation is collected. Python's default is 700.

A few requests create more objects than the default.
"""


def freeze_gc() -> None:
    """Exclude all existing objects from later collections.

    Modules, models and routes are never freed. A full collection would traverse them each time,
    and block every request for tens of milliseconds.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_THRESHOLD)
