"""Turns are taken one at a time, in the order in which they were asked for."""

import asyncio
from typing import Any

import pytest
from anyio import wait_all_tasks_blocked

from adapters.turns import Turns
from tests.loops import SLOWER, SlowLoop, the_loop

PATIENCE = 30 / SLOWER
"""Seconds of the loop after which a turn that does not come is a failure."""


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": SlowLoop}


def take(turns: Turns) -> "asyncio.Task[bool]":
    return asyncio.create_task(turns.take())


async def gave_up(waiting: "asyncio.Task[bool]") -> bool:
    await asyncio.wait([waiting], timeout=PATIENCE)
    return waiting.done() and isinstance(waiting.exception(), TimeoutError)


@pytest.fixture
def turns() -> Turns:
    """Turns of which somebody has the first."""
    turns = Turns(PATIENCE)
    assert turns.take_if_free()
    return turns


async def test_a_free_turn_is_taken_at_once_even_without_patience() -> None:
    turns = Turns(patience=0)

    await turns.take()

    assert not turns.take_if_free()


async def test_they_come_in_the_order_in_which_they_were_asked_for(turns: Turns) -> None:
    order = []

    async def work(name: str) -> None:
        await turns.take()
        order.append(name)
        turns.hand_on()

    working = [asyncio.create_task(work(name)) for name in "abcdef"]
    await wait_all_tasks_blocked()
    turns.hand_on()
    await asyncio.gather(*working)

    assert list("abcdef") == order


async def test_a_newcomer_does_not_overtake_who_has_been_handed_the_turn(turns: Turns) -> None:
    waiting = take(turns)
    await wait_all_tasks_blocked()

    turns.hand_on()

    assert turns.is_awaited
    assert not turns.take_if_free()
    await waiting


async def test_it_tells_whether_it_was_awaited(turns: Turns) -> None:
    waiting = take(turns)
    await wait_all_tasks_blocked()
    turns.hand_on()
    assert await waiting

    turns.hand_on()
    assert not await take(turns)


@pytest.mark.parametrize("newcomers", [0, 2])
async def test_all_who_wait_have_a_short_turn_in_one_round_of_the_loop(
    turns: Turns, newcomers: int
) -> None:
    rounds: list[int] = []

    async def short_turn() -> None:
        await turns.take()
        rounds.append(len(went_round))
        turns.hand_on()

    went_round: list[None] = []
    waiting = [asyncio.create_task(short_turn()) for _ in range(5)]
    await wait_all_tasks_blocked()

    the_loop().call_soon(turns.hand_on)
    waiting += [asyncio.create_task(short_turn()) for _ in range(newcomers)]
    while not all(turn.done() for turn in waiting):
        await asyncio.sleep(0)
        went_round.append(None)

    assert 5 + newcomers == len(rounds)
    assert 1 == len(set(rounds))


async def test_who_hands_it_on_and_asks_again_comes_after_those_who_wait(turns: Turns) -> None:
    order = []

    async def work(name: str) -> None:
        await turns.take()
        order.append(name)
        turns.hand_on()

    waiting = [asyncio.create_task(work(name)) for name in "ab"]
    await wait_all_tasks_blocked()

    turns.hand_on()
    await work("again")
    await asyncio.gather(*waiting)

    assert ["a", "b", "again"] == order


async def test_handed_to_nobody_it_is_free_again(turns: Turns) -> None:
    turns.hand_on()

    assert not turns.is_awaited
    assert turns.take_if_free()


async def test_it_is_awaited_as_long_as_somebody_waits(turns: Turns) -> None:
    assert not turns.is_awaited

    waiting = take(turns)
    await wait_all_tasks_blocked()
    assert turns.is_awaited

    waiting.cancel()
    await asyncio.wait([waiting])
    assert not turns.is_awaited


async def test_who_gave_up_is_passed_over(turns: Turns) -> None:
    gave_up, waiting = take(turns), take(turns)
    await wait_all_tasks_blocked()
    gave_up.cancel()

    turns.hand_on()

    assert turns.is_awaited

    await waiting
    assert gave_up.cancelled()


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
        assert await gave_up(late)
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
        assert await gave_up(waiting)
        assert not later.done()
        the_loop().move_clock(PATIENCE / 2)
        assert await gave_up(later)


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

    assert await gave_up(second)
