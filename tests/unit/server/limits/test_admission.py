"""Requests start in FIFO order, a few at a time, and never wait for requests that only wait."""

import asyncio
import logging
from functools import partial
from typing import Any

import pytest

from entrypoints.server.limits.admission import (
    FULL_PAUSE,
    MAX_WAIT,
    OVERLOAD_PERIOD,
    Admission,
)
from tests.support.loops import SlowLoop, the_loop

LIMIT = 3
MAX_PENDING = 4


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": SlowLoop}


class Requests:
    """The requests that have started or were refused, and those in progress."""

    def __init__(self, max_pending: int = MAX_PENDING) -> None:
        self.started: list[int] = []
        self.refused: list[int] = []
        self.in_progress: set[int] = set()
        self._admission = Admission(LIMIT, max_pending)

    def add(self, *numbers: int) -> None:
        for number in numbers:
            start, refuse = partial(self._start, number), partial(self.refused.append, number)
            self._admission.submit(start, refuse, self.in_progress)

    def finish(self, *numbers: int) -> None:
        self.in_progress -= set(numbers)

    def refuse_queued(self) -> None:
        self._admission.refuse_queued()

    def _start(self, number: int) -> None:
        self.started.append(number)
        self.in_progress.add(number)


async def one_tick() -> None:
    """Run one tick of the event loop."""
    await asyncio.sleep(0)


@pytest.fixture
def requests() -> Requests:
    return Requests()


async def test_requests_up_to_the_limit_start_at_once(requests: Requests) -> None:
    requests.add(*range(LIMIT))

    assert [0, 1, 2] == requests.started


async def test_one_more_request_starts_per_tick_while_none_finishes(
    requests: Requests,
) -> None:
    requests.add(*range(LIMIT + 2))
    assert [0, 1, 2] == requests.started

    await one_tick()
    assert [0, 1, 2, 3] == requests.started

    await one_tick()
    assert [0, 1, 2, 3, 4] == requests.started


async def test_finished_requests_free_their_slots(requests: Requests) -> None:
    requests.add(*range(LIMIT + 3))

    requests.finish(0, 2)
    await one_tick()

    assert [0, 1, 2, 3, 4] == requests.started


async def test_a_new_request_does_not_overtake_waiters(
    requests: Requests,
) -> None:
    requests.add(*range(LIMIT + 1))

    requests.finish(*range(LIMIT))
    requests.add(4)
    await one_tick()

    assert [0, 1, 2, 3, 4] == requests.started


async def test_requests_start_at_once_again_after_the_queue_is_empty(requests: Requests) -> None:
    requests.add(*range(LIMIT + 1))
    await one_tick()
    requests.finish(*range(LIMIT + 1))

    requests.add(4, 5)

    assert [0, 1, 2, 3, 4, 5] == requests.started


# Requests that wait.


async def test_requests_beyond_the_pending_ones_are_refused_at_once(requests: Requests) -> None:
    requests.add(*range(LIMIT + MAX_PENDING + 2))

    assert [0, 1, 2] == requests.started
    assert [7, 8] == requests.refused


async def test_a_refused_request_is_never_started(requests: Requests) -> None:
    requests.add(*range(LIMIT + MAX_PENDING + 2))

    for number in range(LIMIT + MAX_PENDING):
        await one_tick()
        requests.finish(number)

    assert list(range(LIMIT + MAX_PENDING)) == requests.started
    assert [7, 8] == requests.refused


async def test_at_most_twice_the_limit_are_in_progress_during_an_overload(
    requests: Requests,
) -> None:
    requests.add(*range(LIMIT + MAX_PENDING + 1))

    for _ in range(LIMIT + MAX_PENDING):
        await one_tick()
    assert list(range(2 * LIMIT)) == requests.started

    requests.finish(0)
    the_loop().advance_clock(FULL_PAUSE)
    await one_tick()
    await one_tick()
    assert list(range(2 * LIMIT + 1)) == requests.started


async def test_the_event_loop_sleeps_while_nothing_can_be_started(requests: Requests) -> None:
    requests.add(*range(LIMIT + MAX_PENDING + 1))
    for _ in range(LIMIT):
        await one_tick()
    before = the_loop().timers

    for _ in range(5):
        the_loop().advance_clock(FULL_PAUSE)
        for _ in range(10):
            await one_tick()

    assert 5 == the_loop().timers - before
    assert list(range(2 * LIMIT)) == requests.started


async def test_started_requests_beyond_the_limit_count_as_waiting(requests: Requests) -> None:
    requests.add(*range(LIMIT + MAX_PENDING))
    for _ in range(MAX_PENDING):
        await one_tick()
    assert LIMIT + MAX_PENDING == len(requests.in_progress)

    requests.add(7)
    assert [7] == requests.refused
    requests.finish(0)
    requests.add(8, 9)

    assert [7, 9] == requests.refused


async def test_none_may_wait_if_the_maximum_is_zero() -> None:
    requests = Requests(max_pending=0)

    requests.add(*range(LIMIT + 1))
    requests.finish(0)
    requests.add(4, 5)

    assert ([0, 1, 2, 4], [3, 5]) == (requests.started, requests.refused)


async def test_refusals_are_logged_once(
    requests: Requests, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        requests.add(*range(100))

    expected = "requests that wait: 4, the maximum of this process; refused: 1"
    assert [expected] == caplog.messages


# An overload: some requests were refused.


async def test_requests_that_have_waited_long_are_refused_during_an_overload(
    requests: Requests,
) -> None:
    requests.add(*range(LIMIT + MAX_PENDING + 1))
    assert [7] == requests.refused

    the_loop().advance_clock(MAX_WAIT + 0.1)
    requests.finish(*range(LIMIT))
    await one_tick()

    assert [7, 3, 4, 5, 6] == requests.refused
    assert [0, 1, 2] == requests.started


async def test_later_requests_are_started_in_place_of_those_refused(requests: Requests) -> None:
    requests.add(*range(LIMIT + MAX_PENDING + 1))
    the_loop().advance_clock(MAX_WAIT + 0.1)
    requests.finish(0, 1, 2)
    await one_tick()

    requests.add(8, 9)

    assert [0, 1, 2, 8, 9] == requests.started


async def test_requests_that_have_waited_briefly_are_started_during_an_overload(
    requests: Requests,
) -> None:
    requests.add(*range(LIMIT + MAX_PENDING + 1))

    the_loop().advance_clock(MAX_WAIT / 2)
    requests.finish(*range(LIMIT))
    await one_tick()

    assert ([0, 1, 2, 3, 4, 5], [7]) == (requests.started, requests.refused)


async def test_requests_may_wait_long_while_none_is_refused(requests: Requests) -> None:
    requests.add(*range(LIMIT + MAX_PENDING))

    the_loop().advance_clock(100 * MAX_WAIT)
    requests.finish(*range(LIMIT))
    await one_tick()

    assert ([0, 1, 2, 3, 4, 5], []) == (requests.started, requests.refused)


async def test_an_overload_ends_a_second_after_the_last_refusal(requests: Requests) -> None:
    requests.add(*range(LIMIT + MAX_PENDING + 1))

    the_loop().advance_clock(OVERLOAD_PERIOD + 0.1)
    requests.finish(*range(LIMIT))
    await one_tick()

    assert ([0, 1, 2, 3, 4, 5], [7]) == (requests.started, requests.refused)


async def test_all_queued_requests_can_be_refused_and_none_is_started(requests: Requests) -> None:
    requests.add(*range(LIMIT + 2))

    requests.refuse_queued()
    requests.finish(*range(LIMIT))
    await one_tick()

    assert [LIMIT, LIMIT + 1] == requests.refused
    assert [*range(LIMIT)] == requests.started
