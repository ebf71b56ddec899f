"""A waiter that is cancelled or times out neither acquires the lock nor blocks other waiters."""

import asyncio

from anyio import wait_all_tasks_blocked

from adapters.sqlite.fair_lock import WAKEUPS_PER_RELEASE, FairLock
from tests.support.loops import the_loop
from tests.support.served import LIMIT
from tests.unit.sqlite.fair_lock.acquiring import TIMEOUT, acquire, times_out


async def test_a_cancelled_waiter_is_skipped(lock: FairLock) -> None:
    gave_up, waiting = acquire(lock), acquire(lock)
    await wait_all_tasks_blocked()
    gave_up.cancel()

    lock.release()

    assert lock.has_waiters

    await waiting
    assert gave_up.cancelled()


async def test_the_next_waiter_is_woken_if_all_woken_ones_are_cancelled(lock: FairLock) -> None:
    woken = [acquire(lock) for _ in range(WAKEUPS_PER_RELEASE)]
    waiting = acquire(lock)
    await wait_all_tasks_blocked()

    lock.release()
    for task in woken:
        task.cancel()

    assert await asyncio.wait_for(waiting, TIMEOUT / 2)  # before its own timeout would wake it


async def test_a_waiter_cancelled_as_it_acquires_the_lock_releases_it(lock: FairLock) -> None:
    cancelled, waiting = acquire(lock), acquire(lock)
    await wait_all_tasks_blocked()

    lock.release()
    cancelled.cancel()

    await asyncio.wait_for(waiting, TIMEOUT / 2)  # before its own timeout would wake it
    assert cancelled.cancelled()
    assert not lock.has_waiters


async def test_the_last_waiter_cancelled_as_it_acquires_the_lock_leaves_it_free(
    lock: FairLock,
) -> None:
    cancelled = acquire(lock)
    await wait_all_tasks_blocked()

    lock.release()
    cancelled.cancel()
    await asyncio.wait([cancelled])

    assert lock.try_acquire()


async def test_a_waiter_that_times_out_leaves_the_lock_to_the_next(lock: FairLock) -> None:
    too_late = [acquire(lock), acquire(lock)]
    await wait_all_tasks_blocked()
    the_loop().advance_clock(TIMEOUT / 2)
    waiting = acquire(lock)
    await wait_all_tasks_blocked()

    the_loop().advance_clock(TIMEOUT / 2)
    for late in too_late:
        assert await times_out(late)
    lock.release()

    assert await waiting


async def test_waiters_time_out_one_after_the_other(lock: FairLock) -> None:
    for _ in range(3):
        waiting = acquire(lock)
        await wait_all_tasks_blocked()
        the_loop().advance_clock(TIMEOUT / 2)
        later = acquire(lock)
        await wait_all_tasks_blocked()
        the_loop().advance_clock(TIMEOUT / 2)
        assert await times_out(waiting)
        assert not later.done()
        the_loop().advance_clock(TIMEOUT / 2)
        assert await times_out(later)


async def test_all_waiters_share_one_timer(lock: FairLock) -> None:
    timers = the_loop().timers

    waiting = [acquire(lock) for _ in range(5)]
    await wait_all_tasks_blocked()

    assert timers + 1 == the_loop().timers
    lock.release()
    for task in waiting:
        await task
        lock.release()


async def test_a_lock_released_as_the_timeout_ends_is_acquired(lock: FairLock) -> None:
    in_time = acquire(lock)
    await wait_all_tasks_blocked()
    the_loop().call_later(TIMEOUT / 2, lock.release)

    the_loop().advance_clock(2 * TIMEOUT)  # both timers are due in the same tick, the release first

    assert await in_time
    assert not lock.try_acquire()


async def test_a_waiter_woken_in_vain_still_times_out(lock: FairLock) -> None:
    first, second = acquire(lock), acquire(lock)
    await wait_all_tasks_blocked()
    lock.release()
    assert await first

    the_loop().advance_clock(TIMEOUT)

    assert await times_out(second)


def test_a_waiter_times_out_though_the_timer_belongs_to_a_closed_loop() -> None:
    lock = FairLock(timeout=0.01)
    assert lock.try_acquire()

    async def wait_and_leave() -> None:
        waiting = acquire(lock)
        await wait_all_tasks_blocked()
        waiting.cancel()

    async def wait_too_long() -> bool:
        waiting = acquire(lock)
        await asyncio.wait([waiting], timeout=LIMIT)
        return waiting.done() and isinstance(waiting.exception(), TimeoutError)

    asyncio.run(wait_and_leave())
    assert asyncio.run(wait_too_long())
