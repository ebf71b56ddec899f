"""CPU time of a call, however busy the machine is."""

from collections.abc import Callable
from time import process_time

ATTEMPTS = 3
"""The garbage collector may run during an attempt."""


def cpu_seconds(call: Callable[[], object]) -> float:
    """Return the shortest CPU time of ``ATTEMPTS`` calls."""
    return min(_seconds(call) for _ in range(ATTEMPTS))


def _seconds(call: Callable[[], object]) -> float:
    started = process_time()
    call()
    return process_time() - started
