"""How responses are written: a head and its body at once, and how much memory unsent ones hold."""

from asyncio import Transport
from collections import deque
from typing import Protocol

MAX_WRITES = 256
"""Number of the latest writes whose sizes are remembered.

More do not fit into a write buffer below its high-water mark, since each response writes a head.
"""

MAX_JOINED = 16 * 1024
"""Size in bytes up to which a body, or its first part, is copied behind its head."""


class Cycle(Protocol):
    """A request and its response, as uvicorn has them."""

    response_started: bool


class WrittenTransport:
    """Passes on what a response is written with, and remembers the sizes of what is not sent.

    uvicorn writes the head and the body of a response one by one, and uvloop sends each write at
    once, in a packet of its own. So a head waits for what follows, as ASGI has it: a server does
    not start to send a response before the first message with its body (record 55).

    uvloop keeps the whole object of each write until its last byte is sent, so a buffer with few
    bytes left may hold a whole body. To count them costs 0.2 µs for each write.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._sizes: deque[int] = deque(maxlen=MAX_WRITES)
        self._cycle: Cycle | None = None
        self._head = b""
        self.is_closing = transport.is_closing

    def expect_head(self, cycle: Cycle) -> None:
        """Let the first write after the start of this response wait for the next one.

        A write before that is an interim response, such as 100 (Continue).
        """
        self._cycle = cycle

    def write(self, data: bytes) -> None:
        """Write to the transport."""
        if self._cycle is not None and self._cycle.response_started:
            self._cycle = None
            self._head = data
            return
        if self._head:
            if len(data) <= MAX_JOINED:
                data, self._head = self._head + data, b""
            else:
                self.flush()
        self._write(data)

    def flush(self) -> None:
        """Write a head that waits: nothing follows, or not yet."""
        if self._head:
            head, self._head = self._head, b""
            self._write(head)

    def close(self) -> None:
        """Close the transport when everything is sent."""
        self.flush()
        self._transport.close()

    @property
    def held_bytes(self) -> int:
        """Number of bytes that the transport holds: those of all writes that are not sent whole."""
        unsent = self._transport.get_write_buffer_size()
        held = 0
        for size in reversed(self._sizes):
            if held >= unsent:
                break
            held += size
        return held

    def _write(self, data: bytes) -> None:
        if not self._transport.get_write_buffer_size():
            self._sizes.clear()
        self._sizes.append(len(data))
        self._transport.write(data)
