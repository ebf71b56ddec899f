"""Clients acquire slots in turn, however many requests each of them sends."""

import asyncio

import pytest
from anyio import wait_all_tasks_blocked

from adapters.client_slots import ClientSlots


class Requests:
    """Requests that acquire a slot, and hold it until they are told to release it."""

    def __init__(self, slots: ClientSlots) -> None:
        self._slots = slots
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._holding: dict[str, asyncio.Event] = {}
        self.served: list[str] = []

    async def send(self, *names: str) -> None:
        """Start requests. The first letter of a name is the client."""
        for name in names:
            self._tasks[name] = asyncio.create_task(self._hold(name))
            await wait_all_tasks_blocked()

    async def finish(self, name: str) -> None:
        """Let a request release its slot."""
        self._holding.pop(name).set()
        await wait_all_tasks_blocked()

    async def cancel(self, name: str) -> None:
        self._tasks[name].cancel()
        await wait_all_tasks_blocked()

    async def _hold(self, name: str) -> None:
        await self._slots.acquire(name[0])
        try:
            self.served.append(name)
            self._holding[name] = asyncio.Event()
            await self._holding[name].wait()
        finally:
            self._slots.release(name[0])

    async def finish_all(self) -> None:
        """Release one slot after the other until no request is left."""
        while self._holding:
            await self.finish(next(iter(self._holding)))


async def test_clients_are_served_in_turn() -> None:
    requests = Requests(ClientSlots(1))
    await requests.send("A0", "A1", "A2", "A3", "B1", "B2", "C1")

    await requests.finish_all()

    assert ["A0", "A1", "B1", "C1", "A2", "B2", "A3"] == requests.served


async def test_a_client_that_holds_fewer_slots_is_served_first() -> None:
    requests = Requests(ClientSlots(2))
    await requests.send("A0", "A1", "A2", "B1")

    await requests.finish("A0")

    assert ["A0", "A1", "B1"] == requests.served
    await requests.finish_all()


async def test_one_client_uses_all_slots_while_no_other_waits() -> None:
    requests = Requests(ClientSlots(2))

    await requests.send("A0", "A1")

    assert ["A0", "A1"] == requests.served
    await requests.finish_all()


async def test_a_client_holds_no_more_slots_than_it_may() -> None:
    requests = Requests(ClientSlots(3, each=2))
    await requests.send("A0", "A1", "A2", "B0", "B1")
    assert ["A0", "A1", "B0"] == requests.served

    await requests.finish("B0")
    assert ["A0", "A1", "B0", "B1"] == requests.served

    await requests.finish("B1")
    assert "A2" not in requests.served
    await requests.finish("A0")
    assert "A2" in requests.served
    await requests.finish_all()


async def test_a_cancelled_waiter_is_passed_over() -> None:
    requests = Requests(ClientSlots(1))
    await requests.send("A0", "B0", "B1", "C0")

    await requests.cancel("B0")
    await requests.finish_all()

    assert ["A0", "B1", "C0"] == requests.served


async def test_a_slot_that_a_cancelled_waiter_was_given_goes_to_the_next() -> None:
    slots = ClientSlots(1)
    assert slots.try_acquire("A")
    waiters = [asyncio.create_task(slots.acquire(client)) for client in "BC"]
    await wait_all_tasks_blocked()

    slots.release("A")
    waiters[0].cancel()
    await asyncio.wait(waiters)

    assert [True, False] == [waiter.cancelled() for waiter in waiters]
    slots.release("C")
    assert slots.try_acquire("A")


async def test_a_waiter_that_is_cancelled_at_the_time_of_the_release_is_passed_over() -> None:
    slots = ClientSlots(1)
    assert slots.try_acquire("A")
    waiters = [asyncio.create_task(slots.acquire(client)) for client in "BBC"]
    await wait_all_tasks_blocked()

    for waiter in waiters[:2]:
        waiter.cancel()
    slots.release("A")
    await asyncio.wait(waiters)

    assert [True, True, False] == [waiter.cancelled() for waiter in waiters]
    slots.release("C")
    assert slots.try_acquire("A")


@pytest.mark.parametrize("each", [None, 1])
async def test_a_client_that_may_not_wait_gets_a_free_slot_only(each: int | None) -> None:
    slots = ClientSlots(1, each)

    assert [True, False] == [slots.try_acquire("A"), slots.try_acquire("B")]
    assert not slots.has_waiters
