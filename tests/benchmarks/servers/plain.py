"""The plain app: what one writes after reading the SQLModel tutorial.

A session per request, ``def`` handlers in the thread pool, rows serialized by ``response_model``,
and an engine with defaults, without the tutorial's ``echo``: printing every statement is slow.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request
from sqlalchemy import Engine
from sqlmodel import Field, Session, SQLModel, create_engine, select

from tests.benchmarks.servers.connections import is_sqlite, pool_of, with_driver


class HeroFields(SQLModel):
    name: str = Field(index=True)
    secret_name: str
    age: int | None = Field(default=None, index=True)


class Hero(HeroFields, table=True):
    id: int | None = Field(default=None, primary_key=True)


class NewHero(HeroFields):
    pass


class StoredHero(HeroFields):
    id: int


class HeroChanges(SQLModel):
    name: str | None = None
    secret_name: str | None = None
    age: int | None = None


def open_engine(url: str) -> Engine:
    """Return an engine with the defaults, and on PostgreSQL with the pool size of all servers."""
    options: dict[str, Any] = (
        {"connect_args": {"check_same_thread": False}} if is_sqlite(url) else pool_of(url)
    )
    return create_engine(with_driver(url, sqlite="pysqlite", postgresql="psycopg"), **options)


def prepare(url: str) -> None:
    """Create the table."""
    SQLModel.metadata.create_all(open_engine(url))


def build_app(url: str) -> FastAPI:
    """Return the app on the database."""
    app = FastAPI()
    app.state.engine = open_engine(url)
    app.include_router(router)
    return app


def get_session(request: Request) -> Iterator[Session]:
    """Yield a session for the request."""
    with Session(request.app.state.engine) as session:
        yield session


InSession = Annotated[Session, Depends(get_session)]

router = APIRouter()


@router.post("/heroes/", response_model=StoredHero)
def add(new: NewHero, session: InSession) -> Hero:
    return save(session, Hero.model_validate(new))


@router.get("/heroes/", response_model=list[StoredHero])
def page(
    session: InSession, offset: int = 0, limit: Annotated[int, Query(le=100)] = 100
) -> Sequence[Hero]:
    return session.exec(select(Hero).offset(offset).limit(limit)).all()


@router.get("/heroes/{hero_id}", response_model=StoredHero)
def one(hero_id: int, session: InSession) -> Hero:
    return find(session, hero_id)


@router.patch("/heroes/{hero_id}", response_model=StoredHero)
def change(hero_id: int, changes: HeroChanges, session: InSession) -> Hero:
    hero = find(session, hero_id)
    hero.sqlmodel_update(changes.model_dump(exclude_unset=True))
    return save(session, hero)


def find(session: Session, hero_id: int) -> Hero:
    """Return the hero, or raise 404."""
    hero = session.get(Hero, hero_id)
    if hero is None:
        raise HTTPException(404, "Hero not found")
    return hero


def save(session: Session, hero: Hero) -> Hero:
    """Commit the hero, and return it refreshed."""
    session.add(hero)
    session.commit()
    session.refresh(hero)
    return hero
