"""A timer expires once after each start, on a loop whose clock the tests advance."""

import asyncio
from typing import Any

import pytest

from entrypoints.server.timers import Timer
from tests.support.loops import SlowLoop, the_loop

SECONDS = 30.0


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": SlowLoop}


class Timed:
    """A timer, and how often it has expired."""

    def __init__(self) -> None:
        self.times = 0
        self.timer = Timer(the_loop(), self._count)

    def _count(self) -> None:
        self.times += 1


async def advance(seconds: float) -> None:
    """Advance the clock, and let the timers expire."""
    the_loop().advance_clock(seconds)
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def test_a_timer_expires_once() -> None:
    timed = Timed()
    timed.timer.start(SECONDS)

    await advance(SECONDS - 1)
    assert (0, True) == (timed.times, timed.timer.is_running)
    await advance(2)
    assert (1, False) == (timed.times, timed.timer.is_running)
    await advance(10 * SECONDS)
    assert 1 == timed.times


async def test_a_cancelled_timer_does_not_expire() -> None:
    timed = Timed()
    timed.timer.start(SECONDS)
    timed.timer.cancel()
    timed.timer.cancel()

    await advance(2 * SECONDS)

    assert (0, False) == (timed.times, timed.timer.is_running)


async def test_a_timer_that_is_started_again_begins_again() -> None:
    timed = Timed()
    timed.timer.start(SECONDS)
    await advance(SECONDS - 1)
    timed.timer.start(SECONDS)

    await advance(SECONDS - 1)
    assert 0 == timed.times
    await advance(2)
    assert 1 == timed.times


async def test_a_timer_can_be_started_when_it_expires() -> None:
    expired = []

    def expire() -> None:
        expired.append(timer.is_running)
        timer.start(SECONDS)

    timer = Timer(the_loop(), expire)
    timer.start(SECONDS)

    await advance(SECONDS + 1)
    await advance(SECONDS + 1)

    assert [False, False] == expired
    assert timer.is_running
