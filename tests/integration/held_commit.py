"""A real COMMIT, stopped just before the database does it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import anyio.to_thread

from tests.integration.sqlite_events import on_statement
from tests.served import LIMIT


class HeldCommit:
    """Commits wait here until ``let_go``; those after it pass."""

    def __init__(self) -> None:
        self.commits = 0
        """How many COMMITs there were."""

        self._reached = threading.Event()
        self._open = threading.Event()

    async def reached(self) -> None:
        """Return once some commit is held."""
        assert await anyio.to_thread.run_sync(self._reached.wait, LIMIT), "no commit came"

    def let_go(self) -> None:
        self._open.set()

    def hold(self, statement: str) -> None:
        if statement == "COMMIT":
            self.commits += 1
            self._reached.set()
            assert self._open.wait(LIMIT), "nobody let the commit go"


@contextmanager
def held_commit() -> Iterator[HeldCommit]:
    """Hold the commits of every connection of this process to a SQLite file."""
    held = HeldCommit()
    with on_statement(held.hold):
        try:
            yield held
        finally:
            held.let_go()
