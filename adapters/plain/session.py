"""``SqlSession`` implemented with SQLModel's ``AsyncSession``."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import UpdateBase
from sqlalchemy.sql.base import Executable
from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.plain.errors import ErrorTranslator, translate_errors
from service_layer.errors import OutcomeUnknown, StoreUnavailable

T = TypeVar("T")


class PlainSession:
    """``SqlSession`` and ``SqlExecutor`` on an ``AsyncSession``.

    ``session`` begins a transaction with its first statement, unless its engine is in autocommit. A
    call completes even if it is cancelled: SQLAlchemy would otherwise discard the connection, and
    with it an in-memory database.
    """

    def __init__(self, session: AsyncSession, translate_driver_errors: ErrorTranslator) -> None:
        self.session = session
        self._translate_driver_errors = translate_driver_errors

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        with translate_errors(self._translate_driver_errors):
            # exec() is typed for SQLAlchemy's writing statements only; it also executes SELECT.
            call = self.session.exec(cast("UpdateBase", statement), params=params)
            result = await _finish_despite_cancellation(call)
            return result.all() if result.returns_rows else []

    async def commit(self) -> None:
        try:
            with translate_errors(self._translate_driver_errors):
                await _finish_despite_cancellation(self.session.commit())
        except StoreUnavailable as error:
            raise OutcomeUnknown(str(error)) from error

    async def close(self) -> None:
        with translate_errors(self._translate_driver_errors):
            await _finish_despite_cancellation(self.session.close())


async def _finish_despite_cancellation(call: Coroutine[Any, Any, T]) -> T:
    """Await the call. A cancellation is raised after the call has completed."""
    task = asyncio.ensure_future(call)
    cancelled = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        task.exception()  # avoids asyncio's warning that the exception was never retrieved
        raise cancelled
    return task.result()
