"""uvicorn's HTTP/1.1 protocol with limits on how long and how much a client may send.

uvicorn queues pipelined requests without a limit, and waits for the rest of a request without a
timeout.
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
"""Timeout in seconds for the rest of a request after its response, or after a stop signal."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits on what the clients of a process may use."""

    receive_timeout: float
    """Maximum time in seconds in which a request has to arrive."""

    concurrency: int
    """Maximum number of requests in progress before ``Admission`` queues others."""


class BoundedConfig(Config):
    """uvicorn's configuration with ``Bounds``."""

    def __init__(self, app: Any, bounds: Bounds, **options: Any) -> None:
        super().__init__(app, http=BoundedProtocol, **options)
        self.receive_timeout = bounds.receive_timeout
        self.admission = Admission(bounds.concurrency)


class BoundedProtocol(HttpToolsProtocol):
    """Refuses a request that does not arrive in time, or that ``RequestReader`` refuses.

    The response is 400, as for any malformed request (RFC 9110, section 15.5.1), and then the
    connection is closed. Earlier requests of the connection get their responses first.
    ``Admission`` decides when a request is started.
    """

    _refused = False
    _timeout: TimerHandle | None = None
    _previous: RequestResponseCycle | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        config = cast("BoundedConfig", self.config)
        self._reader = RequestReader(self)
        self._receive_timeout = config.receive_timeout
        self._admission = config.admission

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_timeout(self._receive_timeout)

    def connection_lost(self, exc: Exception | None) -> None:
        self._refused = True
        self._cancel_timeout()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._reader.receive(data)
        self._parse_received()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep the connection open for the responses to requests that have arrived completely."""
        last = self._last_without_response()
        if last is not None:
            last.keep_alive = False
        return last is not None

    def shutdown(self) -> None:
        """Shorten the timeout for the rest of a request, so that the server can stop."""
        super().shutdown()
        if self._timeout is not None:
            self._start_timeout(min(self._receive_timeout, DRAIN_TIMEOUT))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._unset_keepalive_if_required()
        self._start_timeout(self._receive_timeout)

    def on_headers_complete(self) -> None:
        self._previous = self.cycle
        super().on_headers_complete()
        self.headers = []  # trailers (RFC 9110, section 6.5) must not become headers

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._cancel_timeout()
        if self.cycle.response_complete:  # before the whole body had arrived
            self.cycle.more_body = False
            self._start_keep_alive()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._timeout is not None:
            self._unset_keepalive_if_required()
            if self.cycle.more_body:
                self._start_timeout(min(self._receive_timeout, DRAIN_TIMEOUT))
        if self._reader.has_unread:
            self.flow.pause_reading()
            self.loop.call_soon(self._parse_received)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """Start the request when ``Admission`` allows it."""
        self._admission.submit(partial(super()._start_asgi_task, cycle, app), self.tasks)

    def _parse_received(self) -> None:
        """Parse the received bytes until a few pipelined requests are queued."""
        while self._reader.has_unread and not self._refused and not self.pipeline:
            try:
                self._reader.parse_slice()
            except Refused as refusal:
                self._refuse(str(refusal))
        if self._reader.has_unread and not self.transport.is_closing():
            self.flow.pause_reading()

    def _refuse(self, reason: str) -> None:
        """Respond with 400 after any outstanding response, and close the connection (record 12)."""
        self._refused = True
        self._cancel_timeout()
        last = self._last_without_response()
        if last is not None:
            last.keep_alive = False
        elif self._has_started_response():
            self.transport.close()
        elif not self.transport.is_closing():
            self.send_400_response(reason)

    def _last_without_response(self) -> RequestResponseCycle | None:
        """Return the last request that has arrived completely and still needs its response.

        An incomplete request that is queued behind it is dropped.
        """
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is not None and cycle.more_body and self._previous is not None:
            if self.pipeline:
                self.pipeline.popleft()
            cycle = self._previous
        whole = cycle is not None and not cycle.more_body and not cycle.response_complete
        return cycle if whole else None

    def _has_started_response(self) -> bool:
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is None or not cycle.response_started:
            return False
        return cycle.more_body or not cycle.response_complete

    def _start_keep_alive(self) -> None:
        """Start the keep-alive timeout, as uvicorn does after a response."""
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

    def _start_timeout(self, seconds: float) -> None:
        self._cancel_timeout()
        reason = "The request was not received in time."
        self._timeout = self.loop.call_later(seconds, self._refuse, reason)

    def _cancel_timeout(self) -> None:
        if self._timeout is not None:
            self._timeout.cancel()
            self._timeout = None
