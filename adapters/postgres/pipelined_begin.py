"""Beginning a transaction without a round trip of its own.

In PostgreSQL's protocol a client may send messages ahead, without waiting for the answer to each
("Extended Query" in the manual's chapter on the message flow; the JDBC driver does the same). So
BEGIN goes out together with the first statement. The server's answers to it, which ask for nothing,
come before that statement's own.
"""

import struct

import asyncpg


def _message(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("!i", 4 + len(content)) + content


BEGIN = (
    _message(b"P", b"\0BEGIN\0" + struct.pack("!h", 0))
    + _message(b"B", b"\0\0" + struct.pack("!hhh", 0, 0, 0))
    + _message(b"E", b"\0" + struct.pack("!i", 0))
)
"""Parse, Bind and Execute of BEGIN, unnamed and without parameters. No Sync: no answer is due."""


def begin_with_the_next_statement(connection: asyncpg.Connection) -> None:
    """Begin a transaction; the connection's next call has to be the transaction's first statement.

    asyncpg has no call for this, so it is written to its transport. It leaves out what the server
    answers to messages that it did not send. Saves one of the round trips of every command.
    """
    connection._transport.write(BEGIN)  # noqa: SLF001 - the only way past the driver's own turn
