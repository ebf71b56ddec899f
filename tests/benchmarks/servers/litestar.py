"""Litestar with Advanced Alchemy: a service over a repository, msgspec structs in and out.

Tuned where that is fair: no refresh after a commit, no count for a page, no OpenAPI document, no
logging, and ``gc.freeze`` after the start. Writes commit in the service, before the response: the
plugin's own commit hides its failure.
"""

from typing import Annotated, Any

import msgspec
from advanced_alchemy.base import DefaultBase
from advanced_alchemy.exceptions import NotFoundError
from advanced_alchemy.extensions.litestar import (
    AsyncSessionConfig,
    EngineConfig,
    SQLAlchemyAsyncConfig,
    SQLAlchemyPlugin,
    providers,
)
from advanced_alchemy.filters import LimitOffset, OrderBy
from advanced_alchemy.repository import SQLAlchemyAsyncRepository
from advanced_alchemy.service import SQLAlchemyAsyncRepositoryService
from litestar import Controller, Litestar, get, patch, post
from litestar.exceptions import NotFoundException
from litestar.params import Parameter
from sqlalchemy import create_engine
from sqlalchemy.orm import Mapped, mapped_column

from tests.benchmarks.servers.connections import pool_of, with_driver
from tests.benchmarks.servers.garbage import freeze_gc


class Hero(DefaultBase):
    __tablename__ = "hero"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    secret_name: Mapped[str]
    age: Mapped[int | None] = mapped_column(index=True)


class NewHero(msgspec.Struct):
    name: str
    secret_name: str
    age: int | None = None


class StoredHero(msgspec.Struct):
    name: str
    secret_name: str
    age: int | None
    id: int


class HeroChanges(msgspec.Struct):
    name: str | msgspec.UnsetType = msgspec.UNSET
    secret_name: str | msgspec.UnsetType = msgspec.UNSET
    age: int | msgspec.UnsetType | None = msgspec.UNSET


class HeroService(SQLAlchemyAsyncRepositoryService[Hero]):
    class Repository(SQLAlchemyAsyncRepository[Hero]):
        model_type = Hero

    repository_type = Repository


def stored(hero: Hero) -> StoredHero:
    """Convert a row to the struct of the response."""
    return StoredHero(name=hero.name, secret_name=hero.secret_name, age=hero.age, id=hero.id)


class HeroController(Controller):
    path = "/heroes"
    dependencies = providers.create_service_dependencies(HeroService, "heroes")

    @post("/", status_code=200)
    async def add(self, data: NewHero, heroes: HeroService) -> StoredHero:
        return stored(await heroes.create(data, auto_commit=True, auto_refresh=False))

    @get("/")
    async def page(
        self,
        heroes: HeroService,
        offset: Annotated[int, Parameter(ge=0)] = 0,
        limit: Annotated[int, Parameter(ge=0, le=100)] = 100,
    ) -> list[StoredHero]:
        by_id = OrderBy(field_name="id", sort_order="asc")
        found = await heroes.list(LimitOffset(limit=limit, offset=offset), by_id)
        return [stored(hero) for hero in found]

    @get("/{hero_id:int}")
    async def one(self, hero_id: int, heroes: HeroService) -> StoredHero:
        try:
            return stored(await heroes.get(hero_id))
        except NotFoundError:
            raise NotFoundException("Hero not found") from None

    @patch("/{hero_id:int}")
    async def change(self, hero_id: int, data: HeroChanges, heroes: HeroService) -> StoredHero:
        given: dict[str, Any] = {"id": hero_id, **msgspec.to_builtins(data)}
        try:
            return stored(await heroes.update(given, auto_commit=True, auto_refresh=False))
        except NotFoundError:
            raise NotFoundException("Hero not found") from None


def prepare(url: str) -> None:
    """Create the table."""
    DefaultBase.metadata.create_all(
        create_engine(with_driver(url, sqlite="pysqlite", postgresql="psycopg"))
    )


def build_app(url: str) -> Litestar:
    """Return the app on the database."""
    config = SQLAlchemyAsyncConfig(
        connection_string=with_driver(url, sqlite="aiosqlite", postgresql="asyncpg"),
        session_config=AsyncSessionConfig(expire_on_commit=False),
        engine_config=EngineConfig(**pool_of(url)),
    )
    app = Litestar(
        route_handlers=[HeroController],
        plugins=[SQLAlchemyPlugin(config)],
        openapi_config=None,
        logging_config=None,
    )
    freeze_gc()
    return app
