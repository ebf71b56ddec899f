"""The garbage collector, set as in heroes, for peers that benefit from it.

On a page, whose rows are objects, the peers gain a quarter of their rate, and their p99 latency
halves. The plain app does without, like the tutorial; floor and ceiling gain nothing.
"""

import gc

YOUNG = 10_000


def freeze_gc() -> None:
    """Exclude all current objects from later collections, and make those rarer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
