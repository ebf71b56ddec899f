"""``SqlSession`` implemented with SQLModel's ``AsyncSession``."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import UpdateBase
from sqlalchemy.sql.base import Executable
from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.plain.cancelled_calls import CancelledCalls
from adapters.plain.errors import ErrorTranslators, translate_errors
from adapters.sql.mistyped import MistypedTables
from service_layer.errors import OutcomeUnknown, StoreUnavailable

T = TypeVar("T")


class PlainSession:
    """``SqlSession`` and ``SqlExecutor`` on an ``AsyncSession``.

    ``session`` begins a transaction with its first statement, unless its engine is in autocommit.
    ``check_committed`` is called after a COMMIT. It raises ``StoreUnavailable`` if the COMMIT may
    have gone to a file that was replaced.
    """

    def __init__(
        self,
        session: AsyncSession,
        translators: ErrorTranslators,
        cancelled_calls: CancelledCalls,
        check_committed: Callable[[], None],
        mistyped: MistypedTables,
    ) -> None:
        self.mistyped = mistyped
        self.session = session
        self._translators = translators
        self._cancelled_calls = cancelled_calls
        self._check_committed = check_committed
        self._cancelled: asyncio.Task[Any] | None = None

    @property
    def has_begun(self) -> bool:
        return self.session.in_transaction()

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        translators = self._translators
        if statement.is_dml and not self.has_begun:
            await self._connect()
        with translate_errors(translators.write if statement.is_dml else translators.any):
            # exec() is typed for SQLAlchemy's writing statements only; it also executes SELECT.
            result = await self._run(
                self.session.exec(cast("UpdateBase", statement), params=params)
            )
            return result.all() if result.returns_rows else []

    async def commit(self) -> None:
        try:
            with translate_errors(self._translators.write):
                await self._run(self.session.commit())
                self._check_committed()
        except StoreUnavailable as error:
            raise OutcomeUnknown(str(error)) from error

    async def close(self) -> None:
        if self._cancelled is not None and not self._cancelled.done():
            self._cancelled_calls.start(self._close_after(self._cancelled))
            return
        with translate_errors(self._translators.any):
            await self._run(self.session.close())

    async def _connect(self) -> None:
        """Begin the transaction. Its errors are not those of a rule, as a statement's may be."""
        with translate_errors(self._translators.any):
            await self._run(self.session.connection())

    async def _run(self, call: Coroutine[Any, Any, T]) -> T:
        """Await the call. A cancellation does not cut it off: its connection has to be released."""
        task = asyncio.ensure_future(call)
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            self._cancelled = task
            await self._cancelled_calls.stop(task)
            raise
        return task.result()

    async def _close_after(self, call: asyncio.Task[Any]) -> None:
        await asyncio.wait([call])
        await self.session.close()
