"""HTTP/1.1 as uvicorn serves it, with a time in which a request has to come.

uvicorn keeps as many requests sent ahead as come, and waits for the rest of a request for ever.
"""

from asyncio import TimerHandle, Transport
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from uvicorn import Config
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from entrypoints.server.admission import Admission
from entrypoints.server.request_reader import Refused, RequestReader

DRAIN_TIMEOUT = 2.0
"""Seconds for the rest of a request that has its answer, or that the stopping server waits for."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a process its clients may take."""

    receive_timeout: float
    """Most seconds to send a request in."""

    at_once: int
    """Requests under way beyond which others are begun one by one (``Admission``)."""


class BoundedConfig(Config):
    """uvicorn's configuration, with our bounds."""

    def __init__(self, app: Any, bounds: Bounds, **options: Any) -> None:
        super().__init__(app, http=BoundedProtocol, **options)
        self.receive_timeout = bounds.receive_timeout
        self.admission = Admission(bounds.at_once)


class BoundedProtocol(HttpToolsProtocol):
    """Refuses a request that is not wholly there in time, or has too much around its body.

    The answer is 400 as for any malformed request (RFC 9110, sections 5.4 and 15.5.1), then the
    connection is closed, and with it whatever waits for the rest of the request. What was asked
    before is answered first. A request is begun when ``Admission`` lets it.
    """

    _refused = False
    _deadline: TimerHandle | None = None
    _earlier: RequestResponseCycle | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        config = cast("BoundedConfig", self.config)
        self._reader = RequestReader(self)
        self._receive_timeout = config.receive_timeout
        self._admission = config.admission

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_clock(self._receive_timeout)

    def connection_lost(self, exc: Exception | None) -> None:
        self._refused = True
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._reader.receive(data)
        self._read_on()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep the connection for the answers to what came before the client's end."""
        last = self._last_to_answer()
        if last is not None:
            last.keep_alive = False
        return last is not None

    def shutdown(self) -> None:
        """Give the rest of a request little time to come, so that others can be finished."""
        super().shutdown()
        if self._deadline is not None:
            self._start_clock(min(self._receive_timeout, DRAIN_TIMEOUT))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._unset_keepalive_if_required()
        self._start_clock(self._receive_timeout)

    def on_headers_complete(self) -> None:
        self._earlier = self.cycle
        super().on_headers_complete()
        self.headers = []  # what may follow a body (RFC 9110, section 6.5) is no header

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._stop_clock()
        if self.cycle.response_complete:  # it was answered before its body had come
            self.cycle.more_body = False
            self._await_another()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._deadline is not None:
            self._unset_keepalive_if_required()
            if self.cycle.more_body:
                self._start_clock(min(self._receive_timeout, DRAIN_TIMEOUT))
        if self._reader.has_unread:
            self.flow.pause_reading()
            self.loop.call_soon(self._read_on)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """Begin the request when its turn has come."""
        self._admission.ask(partial(super()._start_asgi_task, cycle, app), self.tasks)

    def _read_on(self) -> None:
        """Parse what has come, but no further than to a few requests that wait for their turn."""
        while self._reader.has_unread and not self._refused and not self.pipeline:
            try:
                self._reader.parse_slice()
            except Refused as refusal:
                self._refuse(str(refusal))
        if self._reader.has_unread and not self.transport.is_closing():
            self.flow.pause_reading()

    def _refuse(self, reason: str) -> None:
        """Answer 400, unless another answer is due first, and hang up."""
        self._refused = True
        self._stop_clock()
        last = self._last_to_answer()
        if last is not None:
            last.keep_alive = False
        elif self._would_answer_twice():
            self.transport.close()
        elif not self.transport.is_closing():
            self.send_400_response(reason)

    def _last_to_answer(self) -> RequestResponseCycle | None:
        """Return the last request that is wholly there and not wholly answered.

        One that is not wholly there, and waits for its turn behind others, is dropped.
        """
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is not None and cycle.more_body and self._earlier is not None:
            if self.pipeline:
                self.pipeline.popleft()
            cycle = self._earlier
        whole = cycle is not None and not cycle.more_body and not cycle.response_complete
        return cycle if whole else None

    def _would_answer_twice(self) -> bool:
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is None or not cycle.response_started:
            return False
        return cycle.more_body or not cycle.response_complete

    def _await_another(self) -> None:
        """Close the connection unless another request comes, as after any answer."""
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

    def _start_clock(self, seconds: float) -> None:
        self._stop_clock()
        reason = "The request did not come in time."
        self._deadline = self.loop.call_later(seconds, self._refuse, reason)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
