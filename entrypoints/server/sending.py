"""The sending side of uvicorn's protocol, with a limit on the time that a client takes to read.

uvicorn keeps the connection of a client that does not read its responses for as long as the client
wants. The responses stay in memory, and a stop of the server waits for them.
"""

from asyncio import Transport
from typing import cast

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from entrypoints.server.config import ServerConfig
from entrypoints.server.timers import Timer
from entrypoints.server.written import WrittenTransport

MAX_BUFFERED = 16 * 1024
"""Number of unsent bytes of a connection above which its next response waits."""

DRAIN_TIMEOUT = 2.0
"""Timeout in seconds for a client to read or to send the rest.

It applies after a stop signal, after a refusal, and after a response that was sent before the body
of its request had arrived.
"""


class SendingProtocol(HttpToolsProtocol):
    """Aborts a connection whose write buffer does not drain within the send timeout.

    The next request of a connection starts while at most ``MAX_BUFFERED`` bytes are in its write
    buffer, or once a larger buffer is empty. ``UnsentResponses`` limits the buffers of all
    connections.
    """

    _current: RequestResponseCycle | None = None
    _is_lingering = False
    _is_response_buffered = False
    _is_stopping = False

    def __init__(self, config: ServerConfig, *args: object, **options: object) -> None:
        super().__init__(config, *args, **options)  # type: ignore[arg-type]
        self._send_timeout = config.bounds.send_timeout
        self._unsent = config.unsent
        self._send_timer = Timer(self.loop, self._abort)

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        transport.set_write_buffer_limits(high=MAX_BUFFERED, low=0)
        super().connection_made(transport)
        self._written = WrittenTransport(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._send_timer.cancel()
        self._unsent.remove(self)
        self._disconnect_requests()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._start_send_timer()
        self._unsent.add(self, self._written.held_bytes, self._abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._unsent.remove(self)
        if self.transport.is_closing():  # the rest of the last response is still buffered
            return
        if self._is_lingering:
            self._send_timer.start(DRAIN_TIMEOUT)
            return
        self._send_timer.cancel()
        if self._is_response_buffered:
            self._is_response_buffered = False
            self.on_response_sent()

    def on_response_complete(self) -> None:
        """Defer what follows a response until the client has read it."""
        self._written.flush()  # of a response to HEAD
        if self.transport.is_closing():
            self._start_send_timer()
            self.on_response_sent()
        elif self.flow.write_paused:
            self._is_response_buffered = True
        else:
            self.on_response_sent()

    def on_response_sent(self) -> None:
        """Start the next request of the connection, or its keep-alive timeout."""
        super().on_response_complete()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._start_send_timer()

    def shutdown(self) -> None:
        """Shorten the timeout for what is buffered, so that the server can stop."""
        super().shutdown()
        self._shorten_send_timeout()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._current = cycle
        cycle.transport = cast("Transport", self._written)
        self._written.expect_head(cycle)
        super()._start_asgi_task(cycle, app)

    def _shorten_send_timeout(self) -> None:
        self._is_stopping = True
        if self.transport.is_closing() or self._send_timer.is_running:
            self._start_send_timer()

    def _start_send_timer(self) -> None:
        limit = DRAIN_TIMEOUT if self._is_stopping else self._send_timeout
        self._send_timer.start(min(limit, self._send_timeout))

    def _close(self) -> None:
        """Close the connection when the buffer has been sent, or at the send timeout."""
        self._written.close()
        self._start_send_timer()

    def _close_when_read(self) -> None:
        """Close the connection when the client does, or ``DRAIN_TIMEOUT`` after it has read all.

        Closing at once would reset the connection if the client is still sending, and the client
        might not get the response (RFC 9112, section 9.6).
        """
        self._is_lingering = True
        self.transport.write_eof()
        self.flow.resume_reading()
        if not self.flow.write_paused:
            self._send_timer.start(DRAIN_TIMEOUT)

    def _abort(self) -> None:
        """Close the connection at once. Its requests run to their end, without a response."""
        self._disconnect_requests()
        self.transport.abort()

    def _disconnect_requests(self) -> None:
        """Mark the request in progress and the last one as disconnected, and drop those between.

        uvicorn marks only the last one.
        """
        self.pipeline.clear()
        for cycle in (self._current, cast("RequestResponseCycle | None", self.cycle)):
            if cycle is not None and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()
        self.flow.resume_writing()
