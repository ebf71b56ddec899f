"""A thread that requests a short time slice gets it, where the kernel supports it."""

import ctypes
import os
import platform
import threading
from collections.abc import Callable

import pytest

from adapters.sqlite import thread_slice
from adapters.sqlite.thread_slice import SCHED_SETATTR, SLICE, request_short_slice

MACHINE = platform.machine()
RELEASE = tuple(int(number) for number in platform.release().split("-")[0].split(".")[:2])


def in_a_thread(look: Callable[[], object], *, request: bool = True) -> object:
    """Return the result of ``look`` in a new thread, which has requested a short slice."""
    seen: list[object] = []

    def run() -> None:
        if request:
            request_short_slice()
        seen.append(look())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen, "the thread failed"
    return seen[0]


def time_slice() -> int:
    """Return the time slice of this thread in nanoseconds (``sched_getattr(2)``)."""
    attributes = thread_slice._Attributes()  # noqa: SLF001 - the same structure
    size = ctypes.sizeof(attributes)
    sched_getattr = SCHED_SETATTR[MACHINE] + 1
    assert 0 == ctypes.CDLL(None).syscall(sched_getattr, 0, ctypes.byref(attributes), size, 0)
    return int(attributes.runtime)


supported_only = pytest.mark.skipif(
    MACHINE not in SCHED_SETATTR or RELEASE < (6, 12), reason="Linux supports it since 6.12"
)


@supported_only
def test_only_the_thread_that_requests_a_short_slice_gets_one() -> None:
    assert SLICE == in_a_thread(time_slice)
    assert SLICE not in (in_a_thread(time_slice, request=False), time_slice())


def test_the_priority_is_unchanged() -> None:
    def priority() -> object:
        return os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0)

    assert in_a_thread(priority, request=False) == in_a_thread(priority)


@supported_only
def test_no_slice_is_requested_on_an_unknown_architecture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "vax")

    assert SLICE != in_a_thread(time_slice)
