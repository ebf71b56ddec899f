"""HTTP/1.1 with bounds: uvicorn reads as many header bytes as come, and waits for them for ever."""

from asyncio import TimerHandle, Transport
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

MAX_OVERHEAD = 64 * 1024
"""Most bytes of a request besides its body: request line, headers, chunk sizes and trailers."""


class BoundedProtocol(HttpToolsProtocol):
    """Refuses a request that is not wholly there in time, or has too much around its body.

    The answer is 400 as for any malformed request (RFC 9110, sections 5.4 and 15.5.1), then the
    connection is closed, and with it whatever waits for the rest of the request.
    """

    receive_timeout = 30.0
    """Seconds from the connection, or from a request's first byte, to its last."""

    _overhead = 0
    _deadline: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._overhead += len(data)
        super().data_received(data)
        if self._overhead > MAX_OVERHEAD and not self.transport.is_closing():
            self._refuse("Too many bytes around the body.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._start_clock()

    def on_body(self, body: bytes) -> None:
        self._overhead -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._overhead = 0
        self._stop_clock()

    def _start_clock(self) -> None:
        self._stop_clock()
        self._deadline = self.loop.call_later(
            self.receive_timeout, self._refuse, "The request did not come in time."
        )

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, reason: str) -> None:
        """Answer 400, unless that would land in the middle of another answer, and hang up."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is None or not cycle.response_started or cycle.response_complete:
            self.send_400_response(reason)
        else:
            self.transport.close()


def bounded(receive_timeout: float) -> type[BoundedProtocol]:
    """Return the protocol with this many seconds for a request to come."""
    namespace: dict[str, Any] = {"receive_timeout": receive_timeout}
    return type("BoundedProtocol", (BoundedProtocol,), namespace)
