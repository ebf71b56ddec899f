"""Turns are taken one at a time, in the order in which they were asked for."""

import asyncio
from typing import Any

import pytest
from anyio import wait_all_tasks_blocked

from adapters.turns import Turns
from tests.loops import SLOWER, SlowLoop, the_loop

LONG = 30 / SLOWER
"""Seconds of the loop after which a turn that does not come is a failure."""


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": SlowLoop}


def take(turns: Turns, *, within: float = LONG) -> "asyncio.Task[bool]":
    return asyncio.create_task(turns.take(asyncio.get_running_loop().time() + within))


@pytest.fixture
def turns() -> Turns:
    """Turns of which somebody has the first."""
    turns = Turns()
    assert turns.take_if_free()
    return turns


async def test_a_free_turn_is_taken_at_once_even_past_the_deadline() -> None:
    turns = Turns()

    await turns.take(asyncio.get_running_loop().time() - 1)

    assert not turns.take_if_free()


async def test_they_come_in_the_order_in_which_they_were_asked_for(turns: Turns) -> None:
    order = []

    async def work(name: str) -> None:
        await turns.take(asyncio.get_running_loop().time() + LONG)
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
        await turns.take(the_loop().time() + LONG)
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
        await turns.take(the_loop().time() + LONG)
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

    await asyncio.wait_for(waiting, LONG)
    assert cancelled.cancelled()
    assert not turns.is_awaited


async def test_the_last_who_is_cancelled_as_the_turn_comes_leaves_it_free(turns: Turns) -> None:
    cancelled = take(turns)
    await wait_all_tasks_blocked()

    turns.hand_on()
    cancelled.cancel()
    await asyncio.wait([cancelled])

    assert turns.take_if_free()


async def test_past_the_deadline_the_wait_ends_and_the_turn_goes_to_the_next(turns: Turns) -> None:
    too_late, waiting = take(turns, within=0), take(turns)

    with pytest.raises(TimeoutError):
        await too_late
    turns.hand_on()

    await asyncio.wait_for(waiting, LONG)


async def test_a_deadline_that_passes_as_the_turn_comes_loses_no_turn(turns: Turns) -> None:
    too_late = take(turns, within=2)
    await wait_all_tasks_blocked()
    the_loop().call_later(1, turns.hand_on)

    the_loop().move_clock(3)  # so that both come due at once, the turn first

    with pytest.raises(TimeoutError):
        await too_late
    assert turns.take_if_free()
