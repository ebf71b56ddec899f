"""A database file that is locked, read-only, full, damaged or not there."""

import asyncio
import itertools
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest

from adapters.sqlite_database import SqliteDatabase
from entrypoints.api.app import build_app
from service_layer.errors import StoreUnavailable
from service_layer.heroes import create_hero
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.databases import open_sqlite
from tests.integration.ordinary_user import bound_by_permissions, folder_for_all
from tests.integration.processes import assert_one_sentence, run, wait_until_open
from tests.integration.sqlite_events import on_connection, on_statement
from tests.integration.tutorial_database import (
    connection_to,
    locked,
    make_tutorial_database,
    stored,
)
from tests.served import COMMAND, environment, serve

BODY = {"name": "Deadpond", "secret_name": "Dive Wilson"}
PAGE = 4096


async def test_while_another_holds_the_lock_writes_answer_503_in_time_and_reads_go_on(
    tmp_path: Path,
) -> None:
    patience = 2.0
    clock = asyncio.get_running_loop().time
    longest_read, reads = 0.0, 0
    with serve(tmp_path / "heroes.db", lock_timeout=str(patience)) as served:
        async with httpx2.AsyncClient(base_url=served.url, timeout=20) as client:
            await client.post("/heroes/", json=BODY)
            with locked(served.database):
                started = clock()
                write = asyncio.create_task(client.post("/heroes/", json=BODY))
                while not write.done():
                    asked = clock()
                    assert 1 == len((await client.get("/heroes/")).json())
                    longest_read, reads = max(longest_read, clock() - asked), reads + 1
                waited = clock() - started
            after = await client.post("/heroes/", json=BODY)

    assert_unavailable(await write)
    assert patience / 2 < waited
    assert reads > 1
    assert longest_read < patience / 2
    assert 200 == after.status_code
    assert 2 == len(stored(tmp_path / "heroes.db"))


async def test_a_write_succeeds_if_the_lock_is_let_go_in_time(tmp_path: Path) -> None:
    database = migrated(tmp_path / "heroes.db")
    tried_twice = asyncio.Event()
    attempts = itertools.count(1)

    def count(statement: str) -> None:
        if statement == "BEGIN IMMEDIATE" and next(attempts) == 2:
            tried_twice.set()

    with locked(tmp_path / "heroes.db"), on_statement(count):
        write = asyncio.create_task(create(database))
        await tried_twice.wait()
        assert [] == stored(tmp_path / "heroes.db")
    await write

    assert 1 == len(stored(tmp_path / "heroes.db"))
    database.dispose()


async def test_a_read_only_database_can_be_read_and_answers_503_to_writes() -> None:
    with folder_for_all() as folder:
        path = make_tutorial_database(folder / "database.db")
        migrated(path).dispose()
        path.chmod(0o444)
        folder.chmod(0o777)

        with bound_by_permissions():
            database = migrated(path)
            async with client_of(database) as client:
                read = await client.get("/heroes/1")
                write = await client.post("/heroes/", json=BODY)
            database.dispose()

    assert (200, "Deadpond") == (read.status_code, read.json()["name"])
    assert_unavailable(write)


def nothing(_: Path) -> None:
    """Leave the file to be made."""


def up_to_date(path: Path) -> None:
    migrated(path).dispose()


@pytest.mark.parametrize("before", [nothing, make_tutorial_database, up_to_date])
def test_a_read_only_folder_is_refused_and_left_as_it_was(before: Any) -> None:
    with folder_for_all() as folder:
        before(folder / "database.db")
        content = {path: path.read_bytes() for path in folder.iterdir()}
        folder.chmod(0o555)

        with bound_by_permissions(), pytest.raises(StoreUnavailable):
            migrated(folder / "database.db")

        assert content == {path: path.read_bytes() for path in folder.iterdir()}


def test_a_read_only_file_that_is_to_be_adopted_is_refused_and_left_as_it_was() -> None:
    with folder_for_all() as folder:
        path = make_tutorial_database(folder / "database.db")
        content = path.read_bytes()
        path.chmod(0o444)
        folder.chmod(0o777)

        with bound_by_permissions(), pytest.raises(StoreUnavailable):
            migrated(path)

        assert content == path.read_bytes()


async def test_a_full_database_answers_503_to_what_needs_room_and_recovers(tmp_path: Path) -> None:
    migrated(tmp_path / "heroes.db").dispose()
    connections: list[sqlite3.Connection] = []
    with on_connection(connections.append):
        database = open_sqlite(tmp_path / "heroes.db")
        async with client_of(database) as client:
            kept = (await client.post("/heroes/", json=BODY)).json()
            set_most_pages(connections, 1)
            answers = [await client.post("/heroes/", json=long_body()) for _ in range(40)]
            listed = await client.get("/heroes/")
            set_most_pages(connections, 2**30)
            after = await client.post("/heroes/", json=long_body())

    made = [answer.json() for answer in answers if answer.status_code == 200]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert refused
    for answer in refused:
        assert_unavailable(answer)
    assert [kept, *made] == listed.json()
    assert 200 == after.status_code
    assert len(made) + 2 == len(stored(tmp_path / "heroes.db"))
    database.dispose()


def wrong_header(path: Path) -> None:
    path.write_bytes(b"No database, but long enough to have a header. " * 100)


def damaged_schema(path: Path) -> None:
    content = bytearray(make_tutorial_database(path).read_bytes())
    content[100:PAGE] = b"\xff" * (PAGE - 100)
    path.write_bytes(content)


def damaged_rows(path: Path) -> None:
    content = bytearray(make_tutorial_database(path).read_bytes())
    content[PAGE : 2 * PAGE] = b"\xff" * PAGE
    path.write_bytes(content)


def cut_short(path: Path) -> None:
    path.write_bytes(make_tutorial_database(path).read_bytes()[: 2 * PAGE])


@pytest.mark.parametrize("damage", [wrong_header, damaged_schema, damaged_rows, cut_short])
def test_a_damaged_file_is_refused_and_left_as_it_was(tmp_path: Path, damage: Any) -> None:
    path = tmp_path / "heroes.db"
    damage(path)
    content = path.read_bytes()

    with pytest.raises(StoreUnavailable):
        migrated(path)

    assert content == path.read_bytes()


@pytest.mark.parametrize("path", ["missing/heroes.db", "."], ids=["no such folder", "a folder"])
def test_a_file_that_can_not_be_there_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(StoreUnavailable, match="can not be opened"):
        migrated(tmp_path / path)

    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(("make", "path"), [(damaged_rows, "heroes.db"), (nothing, "no/heroes.db")])
def test_the_server_refuses_a_troubled_file_in_one_sentence(
    tmp_path: Path, make: Any, path: str
) -> None:
    make(tmp_path / path)

    ended = run("serve", tmp_path / path, port="0")

    assert_one_sentence(ended, 1, "database")


async def test_rows_that_were_damaged_after_the_start_are_answered_503(tmp_path: Path) -> None:
    path = make_tutorial_database(tmp_path / "heroes.db")
    migrated(path).dispose()
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'hero'"
        ).fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(b"\xff" * PAGE)

    database = migrated(path)
    async with client_of(database) as client:
        answers = [
            await client.get("/heroes/1"),
            await client.get("/heroes/"),
            await client.post("/heroes/", json=BODY),
            await client.patch("/heroes/1", json=BODY),
            await client.delete("/heroes/1"),
        ]

    for answer in answers:
        assert_unavailable(answer)
    database.dispose()


def assert_unavailable(answer: httpx2.Response) -> None:
    assert 503 == answer.status_code, answer.text
    assert "application/problem+json" == answer.headers["content-type"]
    assert int(answer.headers["retry-after"]) > 0


def migrated(path: Path) -> SqliteDatabase:
    database = open_sqlite(path)
    database.migrate()
    return database


async def create(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        await create_hero(uow, name="Deadpond", secret_name="Dive Wilson")


def client_of(database: UnitOfWorkFactory) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(build_app(database))
    return httpx2.AsyncClient(transport=transport, base_url="http://heroes")


def set_most_pages(connections: list[sqlite3.Connection], pages: int) -> None:
    """Bound the file's size on all connections; SQLite rounds up to the size it has."""
    for connection in connections:
        connection.execute(f"PRAGMA max_page_count={pages}")


def long_body() -> dict[str, str]:
    return {"name": "N" * 255, "secret_name": "S" * 255}


@pytest.mark.parametrize("take_away", [Path.unlink, lambda path: path.rename(f"{path}.old")])
def test_a_file_that_is_taken_away_is_missed_before_anything_is_acknowledged(
    tmp_path: Path, take_away: Callable[[Path], object]
) -> None:
    hero = {"name": "Deadpond", "secret_name": "Dive Wilson"}
    path = tmp_path / "heroes.db"
    with serve(path) as served, httpx2.Client(base_url=served.url) as client:
        assert 200 == client.post("/heroes/", json=hero).status_code

        take_away(path)

        assert 503 == client.post("/heroes/", json=hero).status_code
        assert 503 == client.get("/heroes/1").status_code
        assert 503 == client.get("/heroes/", params={"offset": 5000}).status_code
        assert not path.exists()


def test_a_value_that_a_constraint_of_the_users_forbids_is_a_conflict(tmp_path: Path) -> None:
    hero = {"name": "Deadpond", "secret_name": "Dive Wilson"}
    path = tmp_path / "heroes.db"
    open_sqlite(path).migrate()
    with connection_to(path) as connection:
        connection.execute("CREATE UNIQUE INDEX one_of_a_name ON hero (name)")

    with serve(path) as served, httpx2.Client(base_url=served.url) as client:
        answers = [client.post("/heroes/", json=hero) for _ in range(2)]

    assert [200, 409] == [answer.status_code for answer in answers]
    assert "application/problem+json" == answers[1].headers["Content-Type"]


def test_a_start_that_waits_for_a_lock_can_be_stopped(tmp_path: Path) -> None:
    path = make_tutorial_database(tmp_path / "heroes.db")
    with locked(path):
        process = subprocess.Popen([*COMMAND, "serve"], env=environment(path, port="0"))
        wait_until_open(path, 1)
        process.terminate()

        assert 0 == process.wait(10)
