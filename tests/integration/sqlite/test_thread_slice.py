"""A thread that asks for short turns gets them where the kernel knows of them, and else nothing."""

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


def in_a_thread(look: Callable[[], object], *, ask: bool = True) -> object:
    """Return what a new thread sees of itself, after it has asked."""
    seen: list[object] = []

    def run() -> None:
        if ask:
            request_short_slice()
        seen.append(look())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen, "the thread failed"
    return seen[0]


def turn() -> int:
    """Return the nanoseconds of a turn of this thread, by ``sched_getattr(2)``."""
    attributes = thread_slice._Attributes()  # noqa: SLF001 - the same structure
    size = ctypes.sizeof(attributes)
    sched_getattr = SCHED_SETATTR[MACHINE] + 1
    assert 0 == ctypes.CDLL(None).syscall(sched_getattr, 0, ctypes.byref(attributes), size, 0)
    return int(attributes.runtime)


known_here = pytest.mark.skipif(
    MACHINE not in SCHED_SETATTR or RELEASE < (6, 12), reason="Linux knows of it from 6.12 on"
)


@known_here
def test_the_thread_that_asks_and_no_other_has_short_turns() -> None:
    assert SLICE == in_a_thread(turn)
    assert SLICE not in (in_a_thread(turn, ask=False), turn())


def test_its_priority_is_left_as_it_is() -> None:
    def priority() -> object:
        return os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0)

    assert in_a_thread(priority, ask=False) == in_a_thread(priority)


@known_here
def test_on_a_machine_whose_calls_are_not_known_nothing_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "vax")

    assert SLICE != in_a_thread(turn)
