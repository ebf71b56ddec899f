"""A task that is cancelled or waits too long does not acquire the lock, nor keep others from it."""

import asyncio

from anyio import wait_all_tasks_blocked

from adapters.sqlite.fair_lock import WAKEUPS_PER_RELEASE, FairLock
from tests.support.loops import the_loop
from tests.support.served import LIMIT
from tests.unit.sqlite.fair_lock.acquiring import TIMEOUT, acquire, gives_up


async def test_who_gave_up_is_passed_over(lock: FairLock) -> None:
    gave_up, waiting = acquire(lock), acquire(lock)
    await wait_all_tasks_blocked()
    gave_up.cancel()

    lock.release()

    assert lock.has_waiters

    await waiting
    assert gave_up.cancelled()


async def test_when_all_who_were_woken_are_cancelled_the_next_is_woken(lock: FairLock) -> None:
    woken = [acquire(lock) for _ in range(WAKEUPS_PER_RELEASE)]
    waiting = acquire(lock)
    await wait_all_tasks_blocked()

    lock.release()
    for task in woken:
        task.cancel()

    assert await asyncio.wait_for(waiting, TIMEOUT)


async def test_a_waiter_cancelled_as_it_acquires_the_lock_releases_it(lock: FairLock) -> None:
    cancelled, waiting = acquire(lock), acquire(lock)
    await wait_all_tasks_blocked()

    lock.release()
    cancelled.cancel()

    await asyncio.wait_for(waiting, TIMEOUT)
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
    the_loop().move_clock(TIMEOUT / 2)
    waiting = acquire(lock)
    await wait_all_tasks_blocked()

    the_loop().move_clock(TIMEOUT / 2)
    for late in too_late:
        assert await gives_up(late)
    lock.release()

    assert await waiting


async def test_one_after_the_other_gives_up_in_its_time(lock: FairLock) -> None:
    for _ in range(3):
        waiting = acquire(lock)
        await wait_all_tasks_blocked()
        the_loop().move_clock(TIMEOUT / 2)
        later = acquire(lock)
        await wait_all_tasks_blocked()
        the_loop().move_clock(TIMEOUT / 2)
        assert await gives_up(waiting)
        assert not later.done()
        the_loop().move_clock(TIMEOUT / 2)
        assert await gives_up(later)


async def test_one_alarm_is_enough_for_all_who_wait(lock: FairLock) -> None:
    timers = the_loop().timers

    waiting = [acquire(lock) for _ in range(5)]
    await wait_all_tasks_blocked()

    assert timers + 1 == the_loop().timers
    lock.release()
    for turn in waiting:
        await turn
        lock.release()


async def test_a_lock_released_as_the_timeout_ends_is_acquired(lock: FairLock) -> None:
    in_time = acquire(lock)
    await wait_all_tasks_blocked()
    the_loop().call_later(TIMEOUT / 2, lock.release)

    the_loop().move_clock(2 * TIMEOUT)  # so that both come due at once, the release first

    assert await in_time
    assert not lock.try_acquire()


async def test_who_was_woken_in_vain_still_gives_up_in_time(lock: FairLock) -> None:
    first, second = acquire(lock), acquire(lock)
    await wait_all_tasks_blocked()
    lock.release()
    assert await first

    the_loop().move_clock(TIMEOUT)

    assert await gives_up(second)


def test_one_gives_up_in_time_though_the_alarm_was_set_in_a_loop_that_has_ended() -> None:
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
