"""A real COMMIT, stopped just before the database does it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import anyio.to_thread

from tests.integration.sqlite_events import on_statement
from tests.support.served import LIMIT


class HeldCommit:
    """Commits wait here until they are let go."""

    def __init__(self) -> None:
        self.commits = 0
        """How many COMMITs there were."""

        self._reached = threading.Semaphore(0)
        self._let_go = threading.Semaphore(0)
        self._holds = True

    async def reached(self) -> None:
        """Return once some commit is held, one more each time."""
        reached = partial(self._reached.acquire, timeout=LIMIT)
        assert await anyio.to_thread.run_sync(reached), "no commit came"

    def let_one_go(self) -> None:
        """Let go the commit that is held, and hold the next."""
        self._let_go.release()

    def let_go(self) -> None:
        """Let go the commit that is held and all that come after it."""
        self._holds = False
        self._let_go.release()

    def hold(self, statement: str) -> None:
        if statement == "COMMIT":
            self.commits += 1
            self._reached.release()
            if self._holds:
                assert self._let_go.acquire(timeout=LIMIT), "nobody let the commit go"


@contextmanager
def held_commit() -> Iterator[HeldCommit]:
    """Hold the commits of every connection of this process to a SQLite file."""
    held = HeldCommit()
    with on_statement(held.hold):
        try:
            yield held
        finally:
            held.let_go()
