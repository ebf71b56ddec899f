"""Begin a transaction without a separate round trip.

A client may send several messages of PostgreSQL's extended query protocol without waiting for the
response to each (chapter "Message Flow" of the manual; the JDBC driver does the same). So BEGIN is
sent together with the first statement. The responses to BEGIN come before those to the statement.
"""

import logging
import struct
from collections.abc import Awaitable, Callable

import asyncpg

Connect = Callable[[], Awaitable[asyncpg.Connection]]

SLOWER = "each transaction takes one more round trip"

UNSUPPORTED_ERRORS = (
    AttributeError,
    TypeError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""Errors of a driver without such a transport, or that does not skip unexpected responses."""

ATTEMPTS = 2
"""Connections to try before pipelining is given up: the server may have just closed the first."""

log = logging.getLogger(__name__)


def _message(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("!i", 4 + len(content)) + content


BEGIN = (
    _message(b"P", b"\0BEGIN\0" + struct.pack("!h", 0))
    + _message(b"B", b"\0\0" + struct.pack("!hhh", 0, 0, 0))
    + _message(b"E", b"\0" + struct.pack("!i", 0))
)
"""Parse, Bind and Execute of BEGIN, unnamed and without parameters. The statement sends Sync."""


class TransactionStart:
    """Begins the transactions of a pool's connections: BEGIN is pipelined if the driver allows it.

    asyncpg has no API for this, so BEGIN is written to its private transport. asyncpg skips the
    responses to messages that it has not sent. The first connection is tested for both. If the test
    fails, each BEGIN has its own round trip.
    """

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._is_pipelined: bool | None = None  # unknown before the first connection

    async def connect(self) -> asyncpg.Connection:
        """Return a new connection. Raises the driver's errors when it cannot connect."""
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
            log.warning("asyncpg %s does not allow pipelining: %s", asyncpg.__version__, SLOWER)
        return connection

    async def begin(self, connection: asyncpg.Connection) -> None:
        """Begin a transaction. The next call on the connection must be its first statement."""
        if self._is_pipelined:
            _send_begin(connection)
        else:
            await connection.execute("BEGIN")


async def _can_pipeline(connection: asyncpg.Connection) -> bool:
    """Return whether BEGIN takes effect with the next statement.

    If not, the connection is unusable. Raises the driver's errors when the connection is lost.
    """
    try:
        _send_begin(connection)
        found = await connection.fetchval("SELECT 1")
        has_begun = found == 1 and bool(connection.is_in_transaction())
        await connection.execute("ROLLBACK")
    except UNSUPPORTED_ERRORS:
        return False
    except BaseException:
        connection.terminate()
        raise
    return has_begun


def _send_begin(connection: asyncpg.Connection) -> None:
    connection._transport.write(BEGIN)  # noqa: SLF001 - see TransactionStart
