"""Beginning a transaction without a round trip of its own.

In PostgreSQL's protocol a client may send messages ahead, without waiting for the answer to each
("Extended Query" in the manual's chapter on the message flow; the JDBC driver does the same). So
BEGIN goes out together with the first statement. The server's answers to it, which ask for nothing,
come before that statement's own.
"""

import logging
import struct
from collections.abc import Awaitable, Callable

import asyncpg

Connect = Callable[[], Awaitable[asyncpg.Connection]]

SLOWER = "each transaction takes one more round trip"

DOES_NOT_FIT = (AttributeError, TypeError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a driver raises that has no such transport, or does not skip what it did not expect."""

ATTEMPTS = 2
"""Connections that are tried before the driver is held to have changed: the server may just have
ended the first."""

log = logging.getLogger(__name__)


def _message(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("!i", 4 + len(content)) + content


BEGIN = (
    _message(b"P", b"\0BEGIN\0" + struct.pack("!h", 0))
    + _message(b"B", b"\0\0" + struct.pack("!hhh", 0, 0, 0))
    + _message(b"E", b"\0" + struct.pack("!i", 0))
)
"""Parse, Bind and Execute of BEGIN, unnamed and without parameters. No Sync: no answer is due."""


class TransactionStart:
    """How the transactions on a pool's connections begin: with their first statement, if possible.

    asyncpg has no API for it, so BEGIN is written to its transport, which is private. asyncpg skips
    what the server answers to messages that it did not send. Whether the driver still does both is
    tried once, on the first connection. If it does not, BEGIN has a round trip of its own.
    """

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._is_pipelined: bool | None = None  # not yet known

    async def connect(self) -> asyncpg.Connection:
        """Return a new connection. What the driver raises when it can't connect passes through."""
        connection = await self._connect()
        for _ in range(ATTEMPTS):
            if self._is_pipelined is not None:
                return connection
            if await _can_pipeline(connection):
                self._is_pipelined = True
                return connection
            connection.terminate()
            connection = await self._connect()
        if self._is_pipelined is None:
            self._is_pipelined = False
            log.warning("asyncpg %s can't send BEGIN ahead: %s", asyncpg.__version__, SLOWER)
        return connection

    async def begin(self, connection: asyncpg.Connection) -> None:
        """Begin a transaction; the connection's next call has to be its first statement."""
        if self._is_pipelined:
            _send_begin(connection)
        else:
            await connection.execute("BEGIN")


async def _can_pipeline(connection: asyncpg.Connection) -> bool:
    """Return whether BEGIN takes effect with the next statement. If not, the connection is no use.

    Raises what the driver raises when the connection is lost.
    """
    try:
        _send_begin(connection)
        found = await connection.fetchval("SELECT 1")
        has_begun = found == 1 and bool(connection.is_in_transaction())
        await connection.execute("ROLLBACK")
    except DOES_NOT_FIT:
        return False
    except BaseException:
        connection.terminate()
        raise
    return has_begun


def _send_begin(connection: asyncpg.Connection) -> None:
    connection._transport.write(BEGIN)  # noqa: SLF001 - see TransactionStart
