"""The garbage collector, set for a process that starts once and then serves."""

import gc

YOUNG = 10_000
"""New objects until the young ones are looked at; Python's own 700 is a handful of requests."""


def freeze_gc() -> None:
    """Leave all that there is now out of every later collection.

    Modules, models and routes stay to the end. Looking at them again and again, which Python does
    in one go, would stop every request for tens of milliseconds.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
