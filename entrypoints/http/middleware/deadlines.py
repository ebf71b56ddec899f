"""The deadlines of the requests in progress. At its deadline, a request is cancelled."""

import asyncio
from collections.abc import Awaitable
from itertools import takewhile

from starlette.types import Message, Send

CLOCK_RESOLUTION = 0.001
"""Resolution of uvloop's clock in seconds. A timer may fire this much too early."""

RequestTask = asyncio.Task[object]


class Response:
    """The response to a request, of which the application sends the messages by ``send``.

    An ``ObservedResponse`` would not do: other middleware may pass messages on to it later, or not
    at all.
    """

    __slots__ = ("_send", "has_started")

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_started = False

    def send(self, message: Message) -> Awaitable[None]:
        """Send a message of the application."""
        self.has_started = True
        return self._send(message)


class Deadlines:
    """The deadlines of the tasks that handle requests in one event loop.

    All requests have the same ``timeout`` in seconds, so deadlines are in order of arrival. One
    timer is enough: it is set for the first deadline, and set again when it fires. A timer for each
    request would cost more than all other bookkeeping. Whether the response has started is checked
    only when the deadline expires: to remove the deadline at the start would cost more.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, timeout: float) -> None:
        self.loop = loop
        self._timeout = timeout
        # In order, and quick to remove from.
        self._pending: dict[RequestTask, tuple[float, Response]] = {}
        self._expired: set[RequestTask] = set()
        self._has_timer = False

    def start(self, task: RequestTask, response: Response) -> bool:
        """Give the task a deadline. Return ``False`` if it has an earlier one already."""
        if task in self._pending or (self._expired and task in self._expired):
            return False
        when = self.loop.time() + self._timeout
        self._pending[task] = (when, response)
        if not self._has_timer:
            self._set_timer(when)
        return True

    def stop(self, task: RequestTask) -> bool:
        """Remove the task's deadline. If it had expired, take back the cancellation.

        Return whether it had expired. A second call returns ``False``.
        """
        if self._pending.pop(task, None) or task not in self._expired:
            return False
        self._expired.remove(task)
        task.uncancel()
        return True

    def _set_timer(self, when: float) -> None:
        self._has_timer = True
        self.loop.call_at(when, self._expire)

    def _expire(self) -> None:
        """Cancel the tasks whose deadline has passed, and set the timer for the next one."""
        self._has_timer = False
        now = self.loop.time() + CLOCK_RESOLUTION
        for task, (_, response) in list(takewhile(lambda e: e[1][0] <= now, self._pending.items())):
            del self._pending[task]
            if not response.has_started:
                self._expired.add(task)
                task.cancel()
        for when, _ in self._pending.values():
            self._set_timer(when)
            break
