"""One task at a time acquires the lock, in FIFO order."""

import asyncio

import pytest
from anyio import wait_all_tasks_blocked

from adapters.sqlite.fair_lock import WAKEUPS_PER_RELEASE, FairLock
from tests.support.loops import the_loop
from tests.unit.sqlite.fair_lock.acquiring import acquire


async def test_a_free_lock_is_acquired_at_once_even_with_a_timeout_of_0() -> None:
    lock = FairLock(timeout=0)

    await lock.acquire()

    assert not lock.try_acquire()


async def test_waiters_acquire_the_lock_in_fifo_order(lock: FairLock) -> None:
    order = []

    async def work(name: str) -> None:
        await lock.acquire()
        order.append(name)
        lock.release()

    working = [asyncio.create_task(work(name)) for name in "abcdef"]
    await wait_all_tasks_blocked()
    lock.release()
    await asyncio.gather(*working)

    assert list("abcdef") == order


async def test_a_new_task_does_not_overtake_a_woken_waiter(lock: FairLock) -> None:
    waiting = acquire(lock)
    await wait_all_tasks_blocked()

    lock.release()

    assert lock.has_waiters
    assert not lock.try_acquire()
    await waiting


async def test_a_new_task_does_not_overtake_waiters_that_are_not_woken_yet(lock: FairLock) -> None:
    order: list[int] = []

    async def work(number: int) -> None:
        await lock.acquire()
        order.append(number)
        lock.release()

    waiters = 3 * WAKEUPS_PER_RELEASE
    working = [asyncio.create_task(work(number)) for number in range(waiters)]
    await wait_all_tasks_blocked()
    lock.release()
    await asyncio.gather(*working, work(waiters))

    assert list(range(waiters + 1)) == order


async def test_acquire_returns_whether_it_waited(lock: FairLock) -> None:
    waiting = acquire(lock)
    await wait_all_tasks_blocked()
    lock.release()
    assert await waiting

    lock.release()
    assert not await acquire(lock)


@pytest.mark.parametrize("new_tasks", [0, 2])
async def test_all_waiters_acquire_it_in_one_tick_of_the_loop(
    lock: FairLock, new_tasks: int
) -> None:
    acquired_at: list[int] = []

    async def acquire_and_release() -> None:
        await lock.acquire()
        acquired_at.append(len(ticks))
        lock.release()

    ticks: list[None] = []
    waiting = [asyncio.create_task(acquire_and_release()) for _ in range(5)]
    await wait_all_tasks_blocked()

    the_loop().call_soon(lock.release)
    waiting += [asyncio.create_task(acquire_and_release()) for _ in range(new_tasks)]
    while not all(task.done() for task in waiting):
        await asyncio.sleep(0)
        ticks.append(None)

    assert 5 + new_tasks == len(acquired_at)
    assert 1 == len(set(acquired_at))


async def test_a_task_that_acquires_it_again_comes_after_the_waiters(lock: FairLock) -> None:
    order = []

    async def work(name: str) -> None:
        await lock.acquire()
        order.append(name)
        lock.release()

    waiting = [asyncio.create_task(work(name)) for name in "ab"]
    await wait_all_tasks_blocked()

    lock.release()
    await work("again")
    await asyncio.gather(*waiting)

    assert ["a", "b", "again"] == order


async def test_a_lock_released_without_waiters_is_free(lock: FairLock) -> None:
    lock.release()

    assert not lock.has_waiters
    assert lock.try_acquire()


async def test_has_waiters_is_true_while_a_task_waits(lock: FairLock) -> None:
    assert not lock.has_waiters

    waiting = acquire(lock)
    await wait_all_tasks_blocked()
    assert lock.has_waiters

    waiting.cancel()
    await asyncio.wait([waiting])
    assert not lock.has_waiters
