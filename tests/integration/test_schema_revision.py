"""The probe of the schema, on every database."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.database import open_database, open_plain_database
from adapters.migrations.runner import history
from entrypoints.api.health.readiness import OK, OUTDATED, REPLACED, UNAVAILABLE, Readiness
from service_layer.database import Database
from service_layer.errors import OutdatedSchema, StoreHalted
from tests.support.served import fresh_postgres
from tests.support.sql import execute

OPENINGS: Mapping[str, Callable[[str], Database]] = {
    "fast": open_database,
    "plain": open_plain_database,
}


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/heroes.db"
        open_database(url).migrate()
        yield url
        return
    with fresh_postgres(request.getfixturevalue("postgres_url")) as url:
        open_database(url).migrate()
        yield url


@asynccontextmanager
async def opened(url: str, session: str) -> AsyncIterator[Database]:
    database = OPENINGS[session](url)
    await database.aopen()
    try:
        yield database
    finally:
        await database.aclose()


@pytest.mark.parametrize("session", OPENINGS)
async def test_the_revision_is_read_as_long_as_nothing_is_missing(url: str, session: str) -> None:
    async with opened(url, session) as database:
        assert history()[-1] == await database.schema_revision()
        assert OK == (await Readiness(database).check())["schema"]

        execute(url, "UPDATE heroes_schema_version SET version_num = '0006'")
        assert "0006" == await database.schema_revision()
        assert OUTDATED == (await Readiness(database).check())["schema"]

        execute(url, "ALTER TABLE heroes_api_key_changes RENAME COLUMN number TO other")
        with pytest.raises(OutdatedSchema):
            await database.schema_revision()

        execute(url, "DROP TABLE heroes_schema_version")
        with pytest.raises(OutdatedSchema):
            await database.schema_revision()


@pytest.mark.parametrize("session", OPENINGS)
async def test_a_replaced_file_is_not_ready(tmp_path: Path, session: str) -> None:
    file, url = tmp_path / "heroes.db", f"sqlite:///{tmp_path}/heroes.db"
    open_database(url).migrate()
    async with opened(url, session) as database:
        ready = Readiness(database, clock=iter(range(100)).__next__)
        assert OK == (await ready.check())["database"]

        file.rename(tmp_path / "away.db")
        open_database(url).migrate()

        assert REPLACED == (await ready.check())["database"]
        with pytest.raises(StoreHalted):
            await database.schema_revision()


@pytest.mark.parametrize("session", OPENINGS)
async def test_a_server_that_does_not_exist_is_not_ready(session: str) -> None:
    async with opened("postgresql://heroes@127.0.0.1:1/heroes", session) as database:
        assert UNAVAILABLE == (await Readiness(database).check())["database"]


@pytest.mark.parametrize("opening", OPENINGS.values())
async def test_unreachable_replicas_are_not_ready(
    postgres_url: str, opening: Callable[..., Database]
) -> None:
    database = opening(postgres_url, read_url="postgresql://heroes@127.0.0.1:1/heroes")

    assert UNAVAILABLE == (await Readiness(database).check())["database"]
    await database.aclose()


async def test_a_database_in_memory_has_the_revision() -> None:
    database = open_plain_database("sqlite://")
    await asyncio.to_thread(database.migrate)

    assert history()[-1] == await database.schema_revision()
    assert OK == (await Readiness(database).check())["schema"]
    await database.aclose()
