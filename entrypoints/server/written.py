"""How much memory a transport may hold for what it has not sent."""

from asyncio import Transport
from collections import deque

MAX_WRITES = 256
"""Number of the latest writes whose sizes are remembered.

More do not fit into a write buffer below its high-water mark, since each response writes a head.
"""


class WrittenTransport:
    """Passes on what a response is written with, and remembers the sizes of what is not sent.

    uvloop keeps the whole object of each write until its last byte is sent, so a buffer with few
    bytes left may hold a whole body. This costs 0.2 µs for each write.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._sizes: deque[int] = deque(maxlen=MAX_WRITES)
        self.close = transport.close
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        """Write to the transport."""
        if not self._transport.get_write_buffer_size():
            self._sizes.clear()
        self._sizes.append(len(data))
        self._transport.write(data)

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
