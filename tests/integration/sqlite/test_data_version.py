"""``data_version`` of a SQLite file changes with each commit, and with nothing else.

It is read from the WAL index, or asked for by a pragma where there is no index.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.sqlite.database import SqliteDatabase
from adapters.sqlite.served import wal_index
from domain.hero import HeroDraft, HeroQuery
from service_layer.errors import StoreHalted
from tests.support.databases import migrated_sqlite, open_sqlite

DRAFT = HeroDraft("Deadpond", "Dive Wilson")
ADD = "INSERT INTO hero (name, secret_name) VALUES ('Spider-Boy', 'Pedro Parqueador')"


@pytest.fixture(params=["index", "pragma"])
def source(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def path(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if source == "pragma":
        monkeypatch.setattr(wal_index, "MAPPINGS", tmp_path / "missing")
    return tmp_path / "heroes.db"


@pytest.fixture
def database(path: Path) -> Iterator[SqliteDatabase]:
    database = migrated_sqlite(path)
    yield database
    database.dispose()


async def add(database: SqliteDatabase) -> None:
    async with database.writing() as uow:
        await uow.heroes.add(DRAFT)
        await uow.commit()


async def test_each_commit_of_the_writer_changes_it(database: SqliteDatabase) -> None:
    versions = [database.data_version()]
    for _ in range(3):
        await add(database)
        versions.append(database.data_version())

    assert 4 == len(set(versions))
    assert None not in versions


async def test_a_commit_of_another_process_changes_it(database: SqliteDatabase, path: Path) -> None:
    before = database.data_version()

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(ADD)

    assert before != database.data_version()


async def test_reads_and_rollbacks_do_not_change_it(database: SqliteDatabase, path: Path) -> None:
    await add(database)
    before = database.data_version()

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in ("BEGIN", ADD, "ROLLBACK"):
            connection.execute(statement)
    async with database.writing() as uow:
        await uow.heroes.add(DRAFT)
    async with database.reading() as reading:
        await reading.heroes.page(HeroQuery(limit=10))

    assert before == database.data_version()


async def test_a_commit_changes_it_before_it_is_acknowledged(database: SqliteDatabase) -> None:
    """What ``heroes keys revoke`` reports is true for the next request."""
    async with database.writing() as uow:
        await uow.heroes.add(DRAFT)
        before = database.data_version()
        assert before == database.data_version()
        await uow.commit()
        assert before != database.data_version()


async def test_it_is_unknown_while_the_file_is_locked(path: Path) -> None:
    migrated_sqlite(path).dispose()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # whose writers lock readers out
        unopened, opened = open_sqlite(path), open_sqlite(path)
        assert opened.data_version() is not None
        connection.execute("BEGIN EXCLUSIVE")

        assert unopened.data_version() is None
        assert opened.data_version() is None

        connection.execute("ROLLBACK")
    for database in (unopened, opened):
        assert database.data_version() is not None
        database.dispose()


async def test_a_new_connection_changes_it(database: SqliteDatabase) -> None:
    """Its numbers may be those of the connection before."""
    before = database.data_version()

    await database.aclose()

    assert before != database.data_version()


def test_a_replaced_file_is_not_opened_for_it(path: Path, database: SqliteDatabase) -> None:
    database.check_file()
    path.rename(path.with_name("away.db"))
    migrated_sqlite(path).dispose()

    with pytest.raises(StoreHalted):
        database.data_version()
