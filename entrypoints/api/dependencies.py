"""The FastAPI dependencies of the routes: a request's unit of work, and its principal."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from entrypoints.http.authentication.access import identify_client
from entrypoints.http.authentication.dependencies import Caller, authorize, get_principal
from entrypoints.http.middleware.outcome import UNIT_OF_WORK
from service_layer.unit_of_work import ReadOnlyUnitOfWork, UnitOfWork, UnitOfWorkFactory

__all__ = ["Caller", "Reading", "Writing", "authorize", "get_principal", "get_uow"]

READ_METHODS = ("GET", "HEAD")


async def get_uow(request: Request) -> AsyncIterator[UnitOfWork | ReadOnlyUnitOfWork]:
    """Yield the request's unit of work: read-only for GET and HEAD, otherwise one that writes.

    It is closed before the response is sent. Uncommitted changes are rolled back. Every route
    depends on this function, so ``app.dependency_overrides[get_uow]`` replaces the database.
    """
    scope = request.scope
    # FastAPI calls a dependency once for each dependency scope that it is declared with. Two units
    # of work of one request would wait for each other's lock.
    if UNIT_OF_WORK in scope:
        yield scope[UNIT_OF_WORK]
        return
    units_of_work = _get_units_of_work(request)
    is_read = scope["method"] in READ_METHODS
    new = units_of_work.reading(identify_client(scope)) if is_read else units_of_work.writing()
    async with new as uow:
        scope[UNIT_OF_WORK] = uow
        yield uow


Reading = Annotated[ReadOnlyUnitOfWork, Depends(get_uow, scope="function")]
Writing = Annotated[UnitOfWork, Depends(get_uow, scope="function")]


def _get_units_of_work(request: Request) -> UnitOfWorkFactory:
    try:
        factory: UnitOfWorkFactory = request.app.state.units_of_work
    except AttributeError:
        message = "app.state.units_of_work is not set: call entrypoints.api.app.install(app, ...)"
        raise RuntimeError(message) from None
    return factory
