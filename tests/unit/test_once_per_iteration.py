"""A function is called at most once in an iteration of the event loop."""

import asyncio

import pytest

from adapters.once_per_iteration import OncePerIteration


class Look:
    """Returns the number of its calls. The first ``failures`` of them raise."""

    def __init__(self, failures: int = 0) -> None:
        self.number = 0
        self._failures = failures

    def __call__(self) -> int:
        self.number += 1
        if self.number <= self._failures:
            raise OSError("unreadable")
        return self.number


def run_one_iteration(once: OncePerIteration[int]) -> int:
    """Return the result in a new event loop that is closed after one iteration."""
    loop, found = asyncio.new_event_loop(), list[int]()
    loop.call_soon(lambda: found.append(once()))
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()
    return found[0]


async def test_it_is_called_once_for_all_tasks_of_an_iteration() -> None:
    look = Look()
    once = OncePerIteration(look)

    async def ask() -> int:
        return once()

    assert [1, 1, 1] == list(await asyncio.gather(ask(), ask(), ask()))
    assert 1 == look.number


async def test_it_is_called_again_in_each_further_iteration() -> None:
    once = OncePerIteration(Look())
    found = []
    for _ in range(3):
        found.append(once())
        await asyncio.sleep(0)

    assert [1, 2, 3] == found


async def test_a_task_that_starts_after_the_iteration_gets_no_earlier_result() -> None:
    """A request that arrives after the call is handled in the next iteration, by a new call."""
    once = OncePerIteration(Look())
    loop = asyncio.get_running_loop()
    first = once()
    found = loop.create_future()
    loop.call_soon(lambda: found.set_result(once()))

    assert [1, 2] == [first, await found]


async def test_an_error_is_raised_and_not_remembered() -> None:
    once = OncePerIteration(Look(failures=1))
    with pytest.raises(OSError, match="unreadable"):
        once()

    assert 2 == once()


def test_another_event_loop_gets_no_result_of_one_that_was_closed() -> None:
    once = OncePerIteration(Look())

    assert [1, 2] == [run_one_iteration(once) for _ in range(2)]


def test_it_needs_an_event_loop() -> None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        OncePerIteration(Look())()
