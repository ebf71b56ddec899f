"""Who is cancelled or waits too long takes no turn, and keeps nobody from theirs."""

import asyncio

from anyio import wait_all_tasks_blocked

from adapters.sqlite.fair_lock import AWAKE, Turns
from tests.support.loops import the_loop
from tests.support.served import LIMIT
from tests.unit.sqlite.fair_lock.taking import PATIENCE, gives_up, take


async def test_who_gave_up_is_passed_over(turns: Turns) -> None:
    gave_up, waiting = take(turns), take(turns)
    await wait_all_tasks_blocked()
    gave_up.cancel()

    turns.hand_on()

    assert turns.is_awaited

    await waiting
    assert gave_up.cancelled()


async def test_when_all_who_were_woken_are_cancelled_the_next_is_woken(turns: Turns) -> None:
    woken = [take(turns) for _ in range(AWAKE)]
    waiting = take(turns)
    await wait_all_tasks_blocked()

    turns.hand_on()
    for task in woken:
        task.cancel()

    assert await asyncio.wait_for(waiting, PATIENCE)


async def test_who_is_cancelled_as_the_turn_comes_hands_it_on(turns: Turns) -> None:
    cancelled, waiting = take(turns), take(turns)
    await wait_all_tasks_blocked()

    turns.hand_on()
    cancelled.cancel()

    await asyncio.wait_for(waiting, PATIENCE)
    assert cancelled.cancelled()
    assert not turns.is_awaited


async def test_the_last_who_is_cancelled_as_the_turn_comes_leaves_it_free(turns: Turns) -> None:
    cancelled = take(turns)
    await wait_all_tasks_blocked()

    turns.hand_on()
    cancelled.cancel()
    await asyncio.wait([cancelled])

    assert turns.take_if_free()


async def test_who_waits_too_long_gives_up_and_the_turn_goes_to_the_next(turns: Turns) -> None:
    too_late = [take(turns), take(turns)]
    await wait_all_tasks_blocked()
    the_loop().move_clock(PATIENCE / 2)
    waiting = take(turns)
    await wait_all_tasks_blocked()

    the_loop().move_clock(PATIENCE / 2)
    for late in too_late:
        assert await gives_up(late)
    turns.hand_on()

    assert await waiting


async def test_one_after_the_other_gives_up_in_its_time(turns: Turns) -> None:
    for _ in range(3):
        waiting = take(turns)
        await wait_all_tasks_blocked()
        the_loop().move_clock(PATIENCE / 2)
        later = take(turns)
        await wait_all_tasks_blocked()
        the_loop().move_clock(PATIENCE / 2)
        assert await gives_up(waiting)
        assert not later.done()
        the_loop().move_clock(PATIENCE / 2)
        assert await gives_up(later)


async def test_one_alarm_is_enough_for_all_who_wait(turns: Turns) -> None:
    timers = the_loop().timers

    waiting = [take(turns) for _ in range(5)]
    await wait_all_tasks_blocked()

    assert timers + 1 == the_loop().timers
    turns.hand_on()
    for turn in waiting:
        await turn
        turns.hand_on()


async def test_whose_turn_comes_as_the_patience_ends_has_it(turns: Turns) -> None:
    in_time = take(turns)
    await wait_all_tasks_blocked()
    the_loop().call_later(PATIENCE / 2, turns.hand_on)

    the_loop().move_clock(2 * PATIENCE)  # so that both come due at once, the turn first

    assert await in_time
    assert not turns.take_if_free()


async def test_who_was_woken_in_vain_still_gives_up_in_time(turns: Turns) -> None:
    first, second = take(turns), take(turns)
    await wait_all_tasks_blocked()
    turns.hand_on()
    assert await first

    the_loop().move_clock(PATIENCE)

    assert await gives_up(second)


def test_one_gives_up_in_time_though_the_alarm_was_set_in_a_loop_that_has_ended() -> None:
    turns = Turns(patience=0.01)
    assert turns.take_if_free()

    async def wait_and_leave() -> None:
        waiting = take(turns)
        await wait_all_tasks_blocked()
        waiting.cancel()

    async def wait_too_long() -> bool:
        waiting = take(turns)
        await asyncio.wait([waiting], timeout=LIMIT)
        return waiting.done() and isinstance(waiting.exception(), TimeoutError)

    asyncio.run(wait_and_leave())
    assert asyncio.run(wait_too_long())
