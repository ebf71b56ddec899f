"""Terminates the backend of the service's connection just before a statement."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.faults.proxy import COMMIT, Proxy
from tests.support.served import ask

SYNC = b"S\x00\x00\x00\x04"
"""The Sync message, with which the driver ends a statement."""

END = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE client_port = {port}
"""
"""Waits up to 5,000 ms until the backend has exited."""


@dataclass
class Terminator:
    """Counts statements, and terminates the backend before one of them, or before COMMIT."""

    url: str
    statement: int | None
    """The number of the statement, from 1; ``None`` for COMMIT."""

    statements: int = 0

    async def watch(self, sent: bytes, port: int) -> None:
        """Inspect bytes that are about to be sent on the connection from this port."""
        if COMMIT in sent:
            if self.statement is None:
                self._terminate(port)
        elif sent.endswith(SYNC):
            self.statements += 1
            if self.statements == self.statement:
                self._terminate(port)

    def _terminate(self, port: int) -> None:
        """Block the event loop until the backend has exited, so that the driver can not notice."""
        assert [(True,)] == ask(self.url, END.format(port=port))


@contextmanager
def terminated_before(proxy: Proxy, url: str, statement: int | None) -> Iterator[Terminator]:
    """Terminate the backend before this statement of a connection through the proxy.

    ``url`` bypasses the proxy.
    """
    terminator = Terminator(url, statement)
    proxy.watcher = terminator.watch
    try:
        yield terminator
    finally:
        proxy.watcher = None
