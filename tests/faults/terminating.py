"""Ends the service's own connection just before one step of what it does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.faults.proxy import COMMIT, Proxy
from tests.support.served import ask

SYNC = b"S\x00\x00\x00\x04"
"""What ends the sending of a statement, and asks the server to carry it out."""

END = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE client_port = {port}
"""
"""Returns when the process is gone; it is given 5,000 ms."""


@dataclass
class Terminator:
    """Counts statements, and ends the connection at one of them, or at COMMIT."""

    url: str
    statement: int | None
    """The number of the statement, from 1; ``None`` for COMMIT."""

    statements: int = 0

    async def watch(self, sent: bytes, port: int) -> None:
        """Take note of what is about to be sent on the connection from this port."""
        if COMMIT in sent:
            if self.statement is None:
                self._terminate(port)
        elif sent.endswith(SYNC):
            self.statements += 1
            if self.statements == self.statement:
                self._terminate(port)

    def _terminate(self, port: int) -> None:
        """Block the event loop until the connection is gone, so that the driver can't know."""
        assert [(True,)] == ask(self.url, END.format(port=port))


@contextmanager
def terminated_before(proxy: Proxy, url: str, statement: int | None) -> Iterator[Terminator]:
    """End a connection through the proxy on which the given step is about to be taken.

    ``url`` leads past the proxy.
    """
    terminator = Terminator(url, statement)
    proxy.watcher = terminator.watch
    try:
        yield terminator
    finally:
        proxy.watcher = None
