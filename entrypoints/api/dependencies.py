"""What FastAPI hands to a route: a unit of work, closed before the response is sent."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from service_layer.unit_of_work import ReadOnlyUnitOfWork, UnitOfWork, UnitOfWorkFactory


async def get_uow(request: Request) -> AsyncIterator[UnitOfWork]:
    """Yield a command's unit of work; what it did not commit is rolled back."""
    async with _units_of_work(request).writing() as uow:
        yield uow


async def get_read_only_uow(request: Request) -> AsyncIterator[ReadOnlyUnitOfWork]:
    """Yield a query's unit of work."""
    async with _units_of_work(request).reading() as uow:
        yield uow


Writing = Annotated[UnitOfWork, Depends(get_uow, scope="function")]
Reading = Annotated[ReadOnlyUnitOfWork, Depends(get_read_only_uow, scope="function")]


def _units_of_work(request: Request) -> UnitOfWorkFactory:
    factory: UnitOfWorkFactory = request.app.state.units_of_work
    return factory
