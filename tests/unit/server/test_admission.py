"""Requests start in FIFO order, a few at a time, and never wait for requests that only wait."""

import asyncio
from functools import partial

import pytest

from entrypoints.server.limits.admission import Admission

LIMIT = 3
MAX_PENDING = 4


class Requests:
    """The requests that have started, and those in progress."""

    def __init__(self) -> None:
        self.started: list[int] = []
        self.refused: list[int] = []
        self.in_progress: set[int] = set()
        self._admission = Admission(LIMIT, MAX_PENDING)

    def add(self, *numbers: int) -> None:
        for number in numbers:
            start, refuse = partial(self._start, number), partial(self.refused.append, number)
            self._admission.submit(start, refuse, self.in_progress)

    def finish(self, *numbers: int) -> None:
        self.in_progress -= set(numbers)

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
