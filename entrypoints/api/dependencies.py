"""The FastAPI dependency that provides a request's unit of work."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from service_layer.unit_of_work import ReadOnlyUnitOfWork, UnitOfWork, UnitOfWorkFactory

READING = ("GET", "HEAD")

UNIT_OF_WORK = "unit_of_work"
"""Where the request's scope has its unit of work.

FastAPI calls a dependency once for each scope that it is declared with. Two units of work of one
request would wait for each other's lock.
"""


async def get_uow(request: Request) -> AsyncIterator[UnitOfWork | ReadOnlyUnitOfWork]:
    """Yield the request's unit of work: one that reads for GET and HEAD, one that writes otherwise.

    It is closed before the response is sent, and what was not committed is rolled back. Every route
    depends on this function, so ``app.dependency_overrides[get_uow]`` replaces the database.
    """
    if UNIT_OF_WORK in request.scope:
        yield request.scope[UNIT_OF_WORK]
        return
    units_of_work = _units_of_work(request)
    reads = request.method in READING
    async with units_of_work.reading() if reads else units_of_work.writing() as uow:
        request.scope[UNIT_OF_WORK] = uow
        yield uow


Reading = Annotated[ReadOnlyUnitOfWork, Depends(get_uow, scope="function")]
Writing = Annotated[UnitOfWork, Depends(get_uow, scope="function")]


def _units_of_work(request: Request) -> UnitOfWorkFactory:
    try:
        factory: UnitOfWorkFactory = request.app.state.units_of_work
    except AttributeError:
        message = "the application has no units of work: call entrypoints.api.app.install on it"
        raise RuntimeError(message) from None
    return factory
