"""FastCRUD on FastAPI, used as documented, and tuned where that is fair.

Asynchronous engine and sessions that expire nothing on commit; a page without the count of all
rows, which is not in the response; an update that returns its row in the same statement;
``gc.freeze`` after the start.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request
from fastcrud import FastCRUD
from pydantic import BaseModel
from sqlalchemy.exc import NoResultFound
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlmodel import Field, SQLModel, create_engine

from tests.benchmarks.servers.connections import pool_of, with_driver
from tests.benchmarks.servers.garbage import freeze_gc


class Hero(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(index=True)
    secret_name: str
    age: int | None = Field(default=None, index=True)


class NewHero(BaseModel):
    name: str
    secret_name: str
    age: int | None = None


class StoredHero(NewHero):
    id: int


class HeroChanges(BaseModel):
    name: str | None = None
    secret_name: str | None = None
    age: int | None = None


COLUMNS = list(StoredHero.model_fields)

heroes = FastCRUD(Hero)
router = APIRouter()


def prepare(url: str) -> None:
    """Create the table."""
    SQLModel.metadata.create_all(
        create_engine(with_driver(url, sqlite="pysqlite", postgresql="psycopg"))
    )


def build_app(url: str) -> FastAPI:
    """Return the app on the database."""
    address = with_driver(url, sqlite="aiosqlite", postgresql="asyncpg")
    engine = create_async_engine(address, **pool_of(url))
    app = FastAPI()
    app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
    app.include_router(router)
    freeze_gc()
    return app


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """Yield a session, closed before the response is sent."""
    async with request.app.state.sessions() as session:
        yield session


InSession = Annotated[AsyncSession, Depends(get_session, scope="function")]


@router.post("/heroes/", response_model=StoredHero)
async def add(new: NewHero, session: InSession) -> Any:
    return await heroes.create(session, new, schema_to_select=StoredHero)


@router.get("/heroes/", response_model=list[StoredHero])
async def page(
    session: InSession,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=0, le=100)] = 100,
) -> Any:
    found = await heroes.get_multi(
        session,
        offset=offset,
        limit=limit,
        schema_to_select=StoredHero,
        sort_columns="id",
        return_total_count=False,
    )
    return found["data"]


@router.get("/heroes/{hero_id}", response_model=StoredHero)
async def one(hero_id: int, session: InSession) -> Any:
    found = await heroes.get(session, schema_to_select=StoredHero, id=hero_id)
    if found is None:
        raise HTTPException(404, "Hero not found")
    return found


@router.patch("/heroes/{hero_id}", response_model=StoredHero)
async def change(hero_id: int, changes: HeroChanges, session: InSession) -> Any:
    try:
        return await heroes.update(session, changes, return_columns=COLUMNS, id=hero_id)
    except NoResultFound:
        raise HTTPException(404, "Hero not found") from None
