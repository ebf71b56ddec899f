"""The lock is acquired by one task at a time, in the order in which they asked for it."""

import asyncio

import pytest
from anyio import wait_all_tasks_blocked

from adapters.sqlite.fair_lock import FairLock
from tests.support.loops import the_loop
from tests.unit.sqlite.fair_lock.acquiring import acquire


async def test_a_free_lock_is_acquired_at_once_even_with_a_timeout_of_0() -> None:
    lock = FairLock(timeout=0)

    await lock.acquire()

    assert not lock.try_acquire()


async def test_they_come_in_the_order_in_which_they_were_asked_for(lock: FairLock) -> None:
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


async def test_a_newcomer_does_not_overtake_a_waiter_that_was_woken(lock: FairLock) -> None:
    waiting = acquire(lock)
    await wait_all_tasks_blocked()

    lock.release()

    assert lock.has_waiters
    assert not lock.try_acquire()
    await waiting


async def test_acquiring_returns_whether_that_took_waiting(lock: FairLock) -> None:
    waiting = acquire(lock)
    await wait_all_tasks_blocked()
    lock.release()
    assert await waiting

    lock.release()
    assert not await acquire(lock)


@pytest.mark.parametrize("newcomers", [0, 2])
async def test_all_waiters_acquire_it_in_one_tick_of_the_loop(
    lock: FairLock, newcomers: int
) -> None:
    rounds: list[int] = []

    async def short_turn() -> None:
        await lock.acquire()
        rounds.append(len(went_round))
        lock.release()

    went_round: list[None] = []
    waiting = [asyncio.create_task(short_turn()) for _ in range(5)]
    await wait_all_tasks_blocked()

    the_loop().call_soon(lock.release)
    waiting += [asyncio.create_task(short_turn()) for _ in range(newcomers)]
    while not all(turn.done() for turn in waiting):
        await asyncio.sleep(0)
        went_round.append(None)

    assert 5 + newcomers == len(rounds)
    assert 1 == len(set(rounds))


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


async def test_released_without_waiters_it_is_free_again(lock: FairLock) -> None:
    lock.release()

    assert not lock.has_waiters
    assert lock.try_acquire()


async def test_it_has_waiters_as_long_as_a_task_waits(lock: FairLock) -> None:
    assert not lock.has_waiters

    waiting = acquire(lock)
    await wait_all_tasks_blocked()
    assert lock.has_waiters

    waiting.cancel()
    await asyncio.wait([waiting])
    assert not lock.has_waiters
