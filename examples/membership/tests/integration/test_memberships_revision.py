"""A table of heroes from before the teams gets its column by a migration."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command

from adapters.migrations.alembic_upgrade import configure
from adapters.sqlite.schema import migrating_engine
from domain.hero import Hero, HeroQuery
from domain.team import TeamDraft
from service_layer.errors import StoreConflict, UnusableDatabase
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.integration.postgres.test_adoption import ROWS as ROWS_ON_POSTGRES
from tests.integration.postgres.test_adoption import TUTORIAL, schema_differences
from tests.integration.tutorial_database import ROWS, connection_to, make_tutorial_database
from tests.support.databases import migrated_sqlite, open_plain, open_sqlite
from tests.support.served import ask, fresh_postgres

ALL = HeroQuery(limit=100)


@pytest.fixture
def url(postgres_url: str) -> Iterator[str]:
    """The URL of an empty database."""
    with fresh_postgres(postgres_url) as url:
        yield url


async def let_the_first_join(database: UnitOfWorkFactory) -> Hero:
    """Let the first hero join a new team, after an attempt to join one that does not exist."""
    async with database.writing() as uow:
        hero = replace(await uow.heroes.get(1), team_id=7)
        with pytest.raises(StoreConflict):
            await uow.heroes.update(hero)
    async with database.writing() as uow:
        team = await uow.teams.add(TeamDraft("Preventers", "Sharp Tower"))
        await uow.heroes.update(replace(hero, team_id=team.id))
        await uow.commit()
    async with database.reading() as reading:
        return await reading.heroes.get(1)


async def test_the_heroes_of_an_adopted_file_can_join_a_team(tmp_path: Path) -> None:
    database = migrated_sqlite(make_tutorial_database(tmp_path / "database.db"))

    async with database.reading() as uow:
        assert [Hero(*row) for row in ROWS] == await uow.heroes.page(ALL)
    assert 1 == (await let_the_first_join(database)).team_id
    await database.aclose()


async def test_the_heroes_of_an_adopted_server_can_join_a_team(url: str) -> None:
    ask(url, *TUTORIAL)

    async with open_plain(url) as database:
        async with database.reading() as uow:
            assert [Hero(*row) for row in ROWS_ON_POSTGRES] == await uow.heroes.page(ALL)
        assert 1 == (await let_the_first_join(database)).team_id
    assert [] == await asyncio.to_thread(schema_differences, url)


async def test_a_file_of_the_revision_before_is_migrated(tmp_path: Path) -> None:
    path = tmp_path / "heroes.db"
    path.touch()
    config = configure()
    with migrating_engine(path).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
    with connection_to(path) as opened:
        opened.execute("INSERT INTO hero (name, secret_name) VALUES ('Deadpond', 'Dive Wilson')")

    database = open_sqlite(path)

    assert ["0009"] == database.migrate()
    assert 1 == (await let_the_first_join(database)).team_id
    await database.aclose()


async def test_a_server_of_the_revision_before_is_migrated(url: str) -> None:
    async with open_plain(url):
        pass
    ask(
        url,
        "ALTER TABLE hero DROP COLUMN team_id",
        "UPDATE heroes_schema_version SET version_num = '0008'",
        "INSERT INTO hero (name, secret_name) VALUES ('Deadpond', 'Dive Wilson')",
    )

    async with open_plain(url) as database:
        assert 1 == (await let_the_first_join(database)).team_id


def test_a_column_of_the_users_own_is_not_overwritten(tmp_path: Path) -> None:
    statement = "ALTER TABLE hero ADD COLUMN Team_Id INTEGER"
    database = open_sqlite(make_tutorial_database(tmp_path / "database.db", more=[statement]))

    with pytest.raises(UnusableDatabase, match=r"a column hero\.team_id; rename it"):
        database.migrate()
