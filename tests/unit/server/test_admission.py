"""Requests are begun in their order, few at a time, and none waits for others that only wait."""

import asyncio
from functools import partial

import pytest

from entrypoints.server.admission import Admission

AT_ONCE = 3


class Requests:
    """What was begun, and which of that is under way."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.under_way: set[int] = set()
        self._admission = Admission(AT_ONCE)

    def ask(self, *numbers: int) -> None:
        for number in numbers:
            self._admission.ask(partial(self._begin, number), self.under_way)

    def finish(self, *numbers: int) -> None:
        self.under_way -= set(numbers)

    def _begin(self, number: int) -> None:
        self.begun.append(number)
        self.under_way.add(number)


async def a_round() -> None:
    """Return when the event loop has come round."""
    await asyncio.sleep(0)


@pytest.fixture
def requests() -> Requests:
    return Requests()


async def test_few_are_begun_at_once(requests: Requests) -> None:
    requests.ask(*range(AT_ONCE))

    assert [0, 1, 2] == requests.begun


async def test_one_more_is_begun_in_each_round_though_none_under_way_gets_on(
    requests: Requests,
) -> None:
    requests.ask(*range(AT_ONCE + 2))
    assert [0, 1, 2] == requests.begun

    await a_round()
    assert [0, 1, 2, 3] == requests.begun

    await a_round()
    assert [0, 1, 2, 3, 4] == requests.begun


async def test_those_that_are_finished_make_room_for_as_many(requests: Requests) -> None:
    requests.ask(*range(AT_ONCE + 3))

    requests.finish(0, 2)
    await a_round()

    assert [0, 1, 2, 3, 4] == requests.begun


async def test_a_newcomer_does_not_overtake_who_waits_though_there_is_room(
    requests: Requests,
) -> None:
    requests.ask(*range(AT_ONCE + 1))

    requests.finish(*range(AT_ONCE))
    requests.ask(4)
    await a_round()

    assert [0, 1, 2, 3, 4] == requests.begun


async def test_when_none_waits_any_more_few_are_begun_at_once_again(requests: Requests) -> None:
    requests.ask(*range(AT_ONCE + 1))
    await a_round()
    requests.finish(*range(AT_ONCE + 1))

    requests.ask(4, 5)

    assert [0, 1, 2, 3, 4, 5] == requests.begun
