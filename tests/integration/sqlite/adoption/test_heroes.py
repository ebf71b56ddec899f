"""The heroes of the tutorial's database file are adopted unchanged."""

from pathlib import Path

import httpx2
import pytest

from domain.hero import Hero, HeroQuery
from service_layer.heroes import create_hero, delete_hero, update_hero
from tests.integration.sqlite.adoption.adopting import BOTH_ORDERS
from tests.integration.tutorial_database import ROWS, make_tutorial_database, stored
from tests.support.databases import migrated_sqlite, open_sqlite
from tests.support.served import serve


@BOTH_ORDERS
def test_migrating_leaves_every_row_unchanged_even_if_it_breaks_a_rule(
    tmp_path: Path, columns: str
) -> None:
    database = make_tutorial_database(tmp_path / "database.db", columns)

    migrated_sqlite(database).dispose()

    assert list(ROWS) == stored(database)


@BOTH_ORDERS
async def test_every_adopted_hero_is_readable_at_version_1(tmp_path: Path, columns: str) -> None:
    database = migrated_sqlite(make_tutorial_database(tmp_path / "database.db", columns))

    async with database.reading() as uow:
        heroes = await uow.heroes.page(HeroQuery(limit=100))
        each = [await uow.heroes.get(row[0]) for row in ROWS]

    assert [Hero(*row, version=1) for row in ROWS] == heroes
    assert heroes == each
    database.dispose()


def test_every_adopted_hero_is_readable_over_the_api(tmp_path: Path) -> None:
    database = make_tutorial_database(tmp_path / "database.db")

    with serve(database) as served, httpx2.Client(base_url=served.url) as client:
        page = client.get("/heroes/").json()
        each = [client.get(f"/heroes/{row[0]}").json() for row in ROWS]

    keys = ("id", "name", "secret_name", "age")
    assert [dict(zip(keys, row, strict=True)) for row in ROWS] == page
    assert page == each


@pytest.mark.parametrize("sort", ["id", "-id", "name", "-name", "age", "-age", "-age,name"])
def test_paging_returns_every_adopted_hero(tmp_path: Path, sort: str) -> None:
    database = make_tutorial_database(tmp_path / "database.db")
    ids = []

    with serve(database) as served, httpx2.Client(base_url=served.url) as client:
        page = client.get("/heroes/", params={"sort": sort, "limit": 1})
        while page.json():
            ids.append(page.json()[0]["id"])
            page = client.get(page.url.join(page.links["next"]["url"]))
            assert 200 == page.status_code

    assert sorted(row[0] for row in ROWS) == sorted(ids)


async def test_one_field_of_an_adopted_hero_that_breaks_a_rule_can_be_updated(
    tmp_path: Path,
) -> None:
    path = make_tutorial_database(tmp_path / "database.db")
    database = migrated_sqlite(path)

    for hero_id, *_ in ROWS:
        async with database.writing() as uow:
            await update_hero(uow, hero_id, {"age": 40})

    assert [(*row[:3], 40) for row in ROWS] == stored(path)
    database.dispose()


async def test_an_id_is_not_reused_after_adoption(tmp_path: Path) -> None:
    database = migrated_sqlite(make_tutorial_database(tmp_path / "database.db"))
    highest = ROWS[-1][0]

    async with database.writing() as uow:
        await delete_hero(uow, highest)
    async with database.writing() as uow:
        hero = await create_hero(uow, name="Next", secret_name="Not the last")
        await uow.commit()

    assert highest + 1 == hero.id
    database.dispose()


def test_migrating_twice_does_nothing_the_second_time(tmp_path: Path) -> None:
    path = make_tutorial_database(tmp_path / "database.db")
    migrated_sqlite(path).dispose()
    content = path.read_bytes()

    applied = open_sqlite(path).migrate()

    assert [] == applied
    assert content == path.read_bytes()
