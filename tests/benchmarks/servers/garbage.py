"""The garbage collector, set as heroes sets its own, for peers that would miss it.

It is worth a quarter to the peers on a page, whose rows are objects, and halves their 99th
percentile. The plain app goes without, as the tutorial's does; floor and ceiling gain nothing.
"""

import gc

YOUNG = 10_000


def freeze_gc() -> None:
    """Leave all that there is now out of later collections, and make those rarer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
