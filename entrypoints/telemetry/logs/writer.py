"""Write log lines without waiting for their reader.

If the reader of a pipe stalls, the pipe fills up, and a write blocks the event loop: all requests
and the shutdown. So lines are dropped and counted instead, and the next line that can be written is
preceded by their number. A line costs one system call.
"""

import os
import select
import socket
import stat
from collections.abc import Callable
from functools import partial
from typing import TextIO

from entrypoints.telemetry.logs.dropped import dropped_lines

Write = Callable[[bytes], int]
"""Writes some of the bytes and returns how many. Raises ``OSError`` instead of waiting.

``ValueError`` if the stream is closed.
"""

Close = Callable[[], None]

DROPPED = "log lines dropped, because the log could not be written: %d"

REOPEN_FLAGS = os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class DroppingWriter:
    """Writes lines to the stream, or drops and counts those that cannot be written at once.

    ``format_dropped`` returns the line that says how many were dropped. ``stream`` is ``None`` if
    the process was started without it; then every line is dropped.
    """

    def __init__(self, stream: TextIO | None, format_dropped: Callable[[int], bytes]) -> None:
        self._write, self._close = (_refuse, _do_nothing) if stream is None else open_writer(stream)
        self._format_dropped = format_dropped
        self.dropped = 0
        self._rest = b""
        """What is left of a line that was written in part."""

    def write(self, line: bytes) -> None:
        """Write a line, which includes its end."""
        if self.dropped:
            self.flush()
        if self.dropped or not self._write_line(line):
            self.dropped += 1
            dropped_lines.count()

    def flush(self) -> None:
        """Write the number of dropped lines, if there are some and the stream has space."""
        if self.dropped and self._write_line(self._format_dropped(self.dropped)):
            self.dropped = 0

    def close(self) -> None:
        """Close what the writer has opened, but not the stream."""
        self._write = _refuse
        self._close()
        self._close = _do_nothing

    def _write_line(self, line: bytes) -> bool:
        """Write the line, or a part of it. Return whether anything of it was written."""
        if self._rest:
            self._rest = self._rest[self._write_some(self._rest) :]
        if self._rest:
            return False
        written = self._write_some(line)
        if written:
            self._rest = line[written:]
        return bool(written)

    def _write_some(self, data: bytes) -> int:
        """Write as much as possible. Return the number of bytes."""
        written = 0
        try:
            while written < len(data):
                written += self._write(data[written:])
        except (OSError, ValueError):  # no space, no reader, or closed
            return written
        return written


def open_writer(stream: TextIO) -> tuple[Write, Close]:
    """Return a function that writes, and one that closes what was opened for it.

    It does not wait for a pipe, a socket or a terminal. Files are written as usual.
    """
    try:
        descriptor = stream.fileno()
        mode = os.fstat(descriptor).st_mode
    except (OSError, ValueError):
        return partial(_write_text, stream), _do_nothing  # in memory, as in tests
    if stat.S_ISSOCK(mode):
        connection = socket.socket(fileno=os.dup(descriptor))
        return partial(_send, connection), connection.close
    if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
        return _open_nonblocking(descriptor)
    return partial(os.write, descriptor), _do_nothing


def _open_nonblocking(descriptor: int) -> tuple[Write, Close]:
    """Open the pipe or terminal again: O_NONBLOCK would also apply to others that use this one.

    A pipe of another user cannot be opened. Then it is polled before each write. This may wait if
    another process fills that space in the meantime.
    """
    try:
        opened = os.open(f"/proc/self/fd/{descriptor}", REOPEN_FLAGS)
    except OSError:
        poll = select.poll()
        poll.register(descriptor, select.POLLOUT)
        return partial(_write_if_ready, descriptor, poll), _do_nothing
    return partial(os.write, opened), partial(os.close, opened)


def _write_if_ready(descriptor: int, poll: select.poll, data: bytes) -> int:
    if not poll.poll(0):
        raise BlockingIOError
    return os.write(descriptor, data[: select.PIPE_BUF])


def _send(connection: socket.socket, data: bytes) -> int:
    return connection.send(data, socket.MSG_DONTWAIT)


def _write_text(stream: TextIO, data: bytes) -> int:
    stream.write(data.decode())
    stream.flush()
    return len(data)


def _refuse(_: bytes) -> int:
    raise ValueError("the writer is closed")


def _do_nothing() -> None:
    pass
