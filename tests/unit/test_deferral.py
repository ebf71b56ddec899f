"""Items are handled in the next iteration of the event loop, whichever loop that is."""

import asyncio
from contextvars import ContextVar

from entrypoints.deferral import Deferred

current: ContextVar[str] = ContextVar("current", default="none")


async def next_iteration() -> None:
    await asyncio.sleep(0)


async def test_items_are_handled_in_order_in_the_next_iteration() -> None:
    handled: list[str] = []
    deferred = Deferred(handled.append)

    deferred.add("first")
    deferred.add("second")
    assert [] == handled
    await next_iteration()
    assert ["first", "second"] == handled

    deferred.add("third")
    await next_iteration()
    assert ["first", "second", "third"] == handled


async def test_an_item_is_handled_outside_the_context_in_which_it_was_added() -> None:
    seen: list[str] = []
    deferred = Deferred[None](lambda _: seen.append(current.get()))
    current.set("a request")

    deferred.add(None)
    await next_iteration()

    assert ["none"] == seen


def test_what_a_closed_loop_has_left_is_handled_by_the_next_one() -> None:
    handled: list[str] = []
    deferred = Deferred(handled.append)
    closed = asyncio.new_event_loop()
    closed.call_soon(deferred.add, "first")
    closed.call_soon(closed.stop)
    closed.run_forever()
    closed.close()
    assert [] == handled

    async def add() -> None:
        deferred.add("second")
        await next_iteration()

    asyncio.run(add())

    assert ["first", "second"] == handled
