"""A real COMMIT, blocked just before SQLite executes it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import anyio.to_thread

from tests.integration.sqlite_events import on_statement
from tests.support.served import LIMIT


class HeldCommit:
    """Blocks commits until they are released."""

    def __init__(self) -> None:
        self.commits = 0
        """Number of COMMITs so far."""

        self._reached = threading.Semaphore(0)
        self._released = threading.Semaphore(0)
        self._holds = True
        self._was_released = True

    async def reached(self) -> None:
        """Wait until a commit is blocked: each call waits for one more."""
        reached = partial(self._reached.acquire, timeout=LIMIT)
        assert await anyio.to_thread.run_sync(reached), "no commit was reached"

    def release_one(self) -> None:
        """Release the blocked commit, and block the next."""
        self._released.release()

    def release(self) -> None:
        """Release the blocked commit and all later ones."""
        self._holds = False
        self._released.release()

    def hold(self, statement: str) -> None:
        if statement == "COMMIT":
            self.commits += 1
            self._reached.release()
            if self._holds:
                self._was_released &= self._released.acquire(timeout=LIMIT)

    def check(self) -> None:
        """Fail if a commit was not released in time, and so went on.

        ``hold`` cannot fail itself: SQLite calls it, and ignores its errors.
        """
        assert self._was_released, "the commit was not released"


@contextmanager
def held_commit() -> Iterator[HeldCommit]:
    """Block the commits of every SQLite connection of this process."""
    held = HeldCommit()
    with on_statement(held.hold):
        try:
            yield held
        finally:
            held.release()
    held.check()
