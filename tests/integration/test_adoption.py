"""The tutorial's own database file is taken over as it is."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import alembic.autogenerate
import httpx2
import pytest
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from adapters.migrations.errors import SchemaMismatch
from adapters.sqlite_database import SqliteDatabase
from domain.hero import Hero, HeroDraft, HeroQuery
from service_layer.heroes import change_hero, create_hero, delete_hero, list_heroes, read_hero
from tests.databases import open_sqlite
from tests.integration.processes import assert_one_sentence, run
from tests.integration.tutorial_database import (
    ID_FIRST,
    ID_LAST,
    ROWS,
    connection_to,
    make_tutorial_database,
    stored,
)
from tests.served import serve

BOTH_ORDERS = pytest.mark.parametrize("columns", [ID_LAST, ID_FIRST], ids=["id last", "id first"])

OF_THE_USERS: Sequence[str] = (
    "CREATE TABLE team (id INTEGER PRIMARY KEY, name TEXT)",
    "CREATE TABLE badge (hero_id INTEGER REFERENCES hero (id) ON DELETE CASCADE, name TEXT)",
    "CREATE TABLE diary (line TEXT)",
    "ALTER TABLE hero ADD COLUMN note TEXT DEFAULT 'none'",
    "ALTER TABLE hero ADD COLUMN team_id INTEGER REFERENCES team (id)",
    "CREATE INDEX by_note ON hero (note)",
    "CREATE UNIQUE INDEX by_id_and_name ON hero (id, name)",
    "CREATE INDEX of_grown_ups ON hero (age) WHERE age >= 18",
    """CREATE TRIGGER on_insert AFTER INSERT ON hero
       BEGIN INSERT INTO diary VALUES ('came ' || new.name); END""",
    "CREATE VIEW named AS SELECT id, name FROM hero WHERE name <> ''",
    "UPDATE hero SET note = 'mine' WHERE id = 1",
    "INSERT INTO badge VALUES (1, 'first')",
)
"""What a user may have added to the tutorial's file."""

EASILY_LOST = {
    "descending index": "CREATE INDEX oldest ON hero (age DESC)",
    "collated index": "CREATE INDEX any_case ON hero (name COLLATE NOCASE)",
    "expression index": "CREATE INDEX lower_case ON hero (lower(name))",
    "trigger that spells the table otherwise": (
        "CREATE TRIGGER gone AFTER DELETE ON Hero BEGIN SELECT 1; END"
    ),
    "checked column": "ALTER TABLE hero ADD COLUMN grade INTEGER DEFAULT 3 CHECK (grade > 0)",
    "collated column": "ALTER TABLE hero ADD COLUMN alias TEXT COLLATE NOCASE",
    "generated column": "ALTER TABLE hero ADD COLUMN loud TEXT AS (upper(name))",
}

NOT_THE_TUTORIALS = {
    "a missing column": "CREATE TABLE hero (id INTEGER PRIMARY KEY, name TEXT, age INTEGER)",
    "a text for an id": (
        "CREATE TABLE hero (id TEXT PRIMARY KEY, name TEXT, secret_name TEXT, age INTEGER)"
    ),
    "no primary key": "CREATE TABLE hero (id INTEGER, name TEXT, secret_name TEXT, age INTEGER)",
    "a version of its own": (
        "CREATE TABLE hero "
        "(id INTEGER PRIMARY KEY, name TEXT, secret_name TEXT, age INTEGER, version TEXT)"
    ),
    "a wide id": (
        "CREATE TABLE hero (id BIGINT NOT NULL, name TEXT, secret_name TEXT, age INTEGER, "
        "PRIMARY KEY (id))"
    ),
    "a short id": (
        "CREATE TABLE hero (id INT NOT NULL, name TEXT, secret_name TEXT, age INTEGER, "
        "PRIMARY KEY (id))"
    ),
    "an id that falls": (
        "CREATE TABLE hero (id INTEGER PRIMARY KEY DESC, name TEXT, secret_name TEXT, age INTEGER)"
    ),
    "no row ids": (
        "CREATE TABLE hero (id INTEGER PRIMARY KEY, name TEXT, secret_name TEXT, age INTEGER) "
        "WITHOUT ROWID"
    ),
    "a view": "CREATE VIEW hero AS SELECT 1 AS id, 'a' AS name, 'b' AS secret_name, 2 AS age",
}


@BOTH_ORDERS
def test_migrating_leaves_every_row_as_it_was_whatever_todays_rules_say(
    tmp_path: Path, columns: str
) -> None:
    database = make_tutorial_database(tmp_path / "database.db", columns)

    adopted(database).dispose()

    assert list(ROWS) == stored(database)


@BOTH_ORDERS
async def test_every_adopted_hero_is_readable_at_version_1(tmp_path: Path, columns: str) -> None:
    database = adopted(make_tutorial_database(tmp_path / "database.db", columns))

    async with database.reading() as uow:
        heroes = await list_heroes(uow, HeroQuery(limit=100))
        each = [await read_hero(uow, row[0]) for row in ROWS]

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
def test_every_adopted_hero_is_met_on_the_way_from_page_to_page(tmp_path: Path, sort: str) -> None:
    database = make_tutorial_database(tmp_path / "database.db")
    met = []

    with serve(database) as served, httpx2.Client(base_url=served.url) as client:
        page = client.get("/heroes/", params={"sort": sort, "limit": 1})
        while page.json():
            met.append(page.json()[0]["id"])
            page = client.get(page.links["next"]["url"])
            assert 200 == page.status_code

    assert sorted(row[0] for row in ROWS) == sorted(met)


async def test_one_field_of_a_hero_that_breaks_todays_rules_can_be_changed(tmp_path: Path) -> None:
    path = make_tutorial_database(tmp_path / "database.db")
    database = adopted(path)

    for hero_id, *_ in ROWS:
        async with database.writing() as uow:
            await change_hero(uow, hero_id, {"age": 40})

    assert [(*row[:3], 40) for row in ROWS] == stored(path)
    database.dispose()


async def test_an_id_is_not_reused_after_adoption(tmp_path: Path) -> None:
    database = adopted(make_tutorial_database(tmp_path / "database.db"))
    highest = ROWS[-1][0]

    async with database.writing() as uow:
        await delete_hero(uow, highest)
    async with database.writing() as uow:
        hero = await create_hero(uow, name="Next", secret_name="Not the last")

    assert highest + 1 == hero.id
    database.dispose()


@BOTH_ORDERS
@pytest.mark.parametrize("dropped", [(), ("DROP INDEX ix_hero_age",)])
def test_the_tutorials_indexes_give_way_to_some_that_end_with_the_id(
    tmp_path: Path, columns: str, dropped: Sequence[str]
) -> None:
    database = make_tutorial_database(tmp_path / "database.db", columns, more=dropped)

    adopted(database).dispose()

    expected = {
        "ix_hero_name_id": "CREATE INDEX ix_hero_name_id ON hero (name, id)",
        "ix_hero_age_id": "CREATE INDEX ix_hero_age_id ON hero (age, id)",
    }
    indexes = {name: sql for name, sql in objects(database).items() if name.startswith("ix_hero")}
    assert expected == indexes


@BOTH_ORDERS
async def test_what_the_user_added_is_kept_and_still_works(tmp_path: Path, columns: str) -> None:
    path = make_tutorial_database(tmp_path / "database.db", columns, more=OF_THE_USERS)
    before = objects(path)

    database = adopted(path)
    async with database.writing() as uow:
        await uow.heroes.add(HeroDraft("Robin", "Nobody", 3))
        await uow.commit()

    after = objects(path)
    assert without_hero(before) == {name: after.get(name) for name in without_hero(before)}
    with connection_to(path) as connection:
        ask = connection.execute
        assert [("mine",)] == ask("SELECT note FROM hero WHERE id = 1").fetchall()
        assert [("none",)] == ask("SELECT note FROM hero WHERE name = 'Robin'").fetchall()
        assert [(1, "first")] == ask("SELECT * FROM badge").fetchall()
        assert [("came Robin",)] == ask("SELECT * FROM diary").fetchall()
        assert (10, "Robin") in ask("SELECT * FROM named").fetchall()
        references = ask('SELECT "table", "from" FROM pragma_foreign_key_list(\'hero\')')
        assert [("team", "team_id")] == references.fetchall()
    database.dispose()


@pytest.mark.parametrize("statement", EASILY_LOST.values(), ids=EASILY_LOST)
def test_what_a_rebuild_loses_easily_is_kept_word_for_word(tmp_path: Path, statement: str) -> None:
    database = make_tutorial_database(tmp_path / "database.db", more=[statement])
    before, said_before = objects(database), said_by_the_table(database)

    adopted(database).dispose()

    after = objects(database)
    assert without_hero(before) == {name: after.get(name) for name in without_hero(before)}
    assert said_before == said_by_the_table(database)


def test_migrating_twice_does_nothing_the_second_time(tmp_path: Path) -> None:
    path = make_tutorial_database(tmp_path / "database.db")
    adopted(path).dispose()
    content = path.read_bytes()

    applied = open_sqlite(path).migrate()

    assert [] == applied
    assert content == path.read_bytes()


@pytest.mark.parametrize("statement", NOT_THE_TUTORIALS.values(), ids=NOT_THE_TUTORIALS)
def test_a_table_that_is_not_the_tutorials_is_refused_and_left_as_it_was(
    tmp_path: Path, statement: str
) -> None:
    database = tmp_path / "database.db"
    with connection_to(database) as connection:
        connection.execute(statement)
    content = database.read_bytes()

    with pytest.raises(SchemaMismatch):
        adopted(database)

    assert content == database.read_bytes()
    assert [database] == list(tmp_path.iterdir())


def test_a_refused_table_is_told_in_one_sentence(tmp_path: Path) -> None:
    database = tmp_path / "database.db"
    with connection_to(database) as connection:
        connection.execute(NOT_THE_TUTORIALS["a missing column"])

    ended = run("serve", database)

    assert_one_sentence(ended, 1, "secret_name")


def test_a_database_of_a_newer_version_is_refused_in_one_sentence_and_left_as_it_was(
    tmp_path: Path,
) -> None:
    database = make_tutorial_database(tmp_path / "database.db")
    adopted(database).dispose()
    with connection_to(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    content = database.read_bytes()

    ended = run("migrate", database)

    assert_one_sentence(ended, 1, "9999")
    assert content == database.read_bytes()


@pytest.mark.parametrize("columns", [None, ID_LAST, ID_FIRST], ids=["fresh", "last", "first"])
def test_the_migrated_schema_is_the_one_the_tables_declare(
    tmp_path: Path, columns: str | None
) -> None:
    path = tmp_path / "database.db"
    if columns:
        make_tutorial_database(path, columns)
    adopted(path).dispose()

    assert [] == differences(path)


def differences(path: Path) -> Sequence[Any]:
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "compare_server_default": True}
            )
            found: Sequence[Any] = alembic.autogenerate.compare_metadata(context, SQLModel.metadata)
            return found
    finally:
        engine.dispose()


def adopted(path: Path) -> SqliteDatabase:
    database = open_sqlite(path)
    database.migrate()
    return database


def objects(path: Path) -> dict[str, str]:
    with connection_to(path) as connection:
        return dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql <> ''"))


OURS = {"hero", "ix_hero_name", "ix_hero_age"}


def without_hero(found: dict[str, str]) -> dict[str, str]:
    return {name: sql for name, sql in found.items() if name not in OURS}


def said_by_the_table(path: Path) -> set[str]:
    """Return which of the things are there that only the table's own text can tell."""
    sql = objects(path)["hero"]
    return {said for said in ("CHECK", "COLLATE NOCASE", "AS (upper(name))") if said in sql}
