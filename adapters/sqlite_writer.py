"""The one writer of a SQLite file: units of work take turns on it, and commit off the loop."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine
from sqlmodel import Session

from adapters.driver_errors import translated
from adapters.sqlite import patiently
from adapters.threads import finished
from service_layer.errors import OutcomeUnknown, StoreUnavailable


class Writer:
    """Hands the writing connection to one unit of work at a time, first come, first served.

    ``patience`` is the most seconds a unit of work waits for its turn and for the file's lock,
    which another process may hold. Between ``begin`` and ``end`` the session belongs to one unit
    of work. Only ``commit`` waits for the disk, in a thread of its own, while the loop goes on.
    """

    def __init__(self, engine: Engine, patience: float) -> None:
        self._engine = engine
        self._patience = patience
        self._turn = asyncio.Lock()
        self._flusher = ThreadPoolExecutor(1, thread_name_prefix="commit")

    async def begin(self) -> Session:
        """Return a session whose transaction holds the write lock.

        Raises ``StoreUnavailable`` when that took too long.
        """
        deadline = asyncio.get_running_loop().time() + self._patience
        await self._take_turn(deadline)
        try:
            with translated():
                return await patiently(self._open, deadline)
        except BaseException:
            self._turn.release()
            raise

    async def commit(self, session: Session) -> None:
        """Return once the session's transaction is on disk.

        Raises ``OutcomeUnknown`` when the COMMIT failed: the log may hold it all the same.
        """
        loop = asyncio.get_running_loop()
        try:
            with translated():
                await finished(loop.run_in_executor(self._flusher, session.commit))
        except StoreUnavailable as trouble:
            raise OutcomeUnknown(str(trouble)) from trouble

    def end(self, session: Session) -> None:
        """Roll back what is not committed, and pass the turn on."""
        try:
            session.close()
        except BaseException:
            session.invalidate()
            raise
        finally:
            self._turn.release()

    def dispose(self) -> None:
        """Close the connection and the thread."""
        self._flusher.shutdown()
        self._engine.dispose()

    async def _take_turn(self, deadline: float) -> None:
        try:
            async with asyncio.timeout_at(deadline):
                await self._turn.acquire()
        except TimeoutError:
            message = f"no turn to write came within {self._patience:g} s"
            raise StoreUnavailable(message) from None

    def _open(self) -> Session:
        session = Session(self._engine)
        try:
            session.connection()
        except BaseException:
            session.close()
            raise
        return session
