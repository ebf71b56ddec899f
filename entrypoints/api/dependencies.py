"""The dependency that gives each request its unit of work, as FastAPI's ``Depends`` does."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from service_layer.unit_of_work import ReadOnlyUnitOfWork, UnitOfWork, UnitOfWorkFactory

READING = ("GET", "HEAD")


async def get_uow(request: Request) -> AsyncIterator[UnitOfWork | ReadOnlyUnitOfWork]:
    """Yield the request's unit of work: one that reads for GET and HEAD, one that writes otherwise.

    It is closed before the response is sent, and what was not committed is rolled back. Every route
    depends on this function, so ``app.dependency_overrides[get_uow]`` replaces the database.
    """
    units_of_work = _units_of_work(request)
    if request.method in READING:
        async with units_of_work.reading() as reading:
            yield reading
    else:
        async with units_of_work.writing() as writing:
            yield writing


Reading = Annotated[ReadOnlyUnitOfWork, Depends(get_uow, scope="function")]
Writing = Annotated[UnitOfWork, Depends(get_uow, scope="function")]


def _units_of_work(request: Request) -> UnitOfWorkFactory:
    try:
        factory: UnitOfWorkFactory = request.app.state.units_of_work
    except AttributeError:
        message = "the application has no units of work: call entrypoints.api.app.install on it"
        raise RuntimeError(message) from None
    return factory
