"""Turns are taken one at a time, in the order in which they were asked for."""

import asyncio

import pytest
from anyio import wait_all_tasks_blocked

from adapters.sqlite.fair_lock import Turns
from tests.support.loops import the_loop
from tests.unit.sqlite.fair_lock.taking import take


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
