"""A database file with damaged content."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from service_layer.errors import StoreUnavailable
from tests.integration.processes import assert_one_sentence, run
from tests.integration.sqlite.damaged_files.requests import BODY, assert_unavailable, client_of
from tests.integration.tutorial_database import make_tutorial_database
from tests.support.databases import migrated_sqlite

PAGE = 4096


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
def test_a_damaged_file_is_refused_and_left_unchanged(tmp_path: Path, damage: Any) -> None:
    path = tmp_path / "heroes.db"
    damage(path)
    content = path.read_bytes()

    with pytest.raises(StoreUnavailable):
        migrated_sqlite(path)

    assert content == path.read_bytes()


def test_serve_refuses_the_file_in_one_sentence(tmp_path: Path) -> None:
    damaged_rows(tmp_path / "heroes.db")

    ended = run("serve", tmp_path / "heroes.db", port="0")

    assert_one_sentence(ended, 1, "database")


async def test_rows_damaged_after_the_start_return_503(tmp_path: Path) -> None:
    path = make_tutorial_database(tmp_path / "heroes.db")
    migrated_sqlite(path).dispose()
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'hero'"
        ).fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(b"\xff" * PAGE)

    database = migrated_sqlite(path)
    async with client_of(database) as client:
        responses = [
            await client.get("/heroes/1"),
            await client.get("/heroes/"),
            await client.post("/heroes/", json=BODY),
            await client.patch("/heroes/1", json=BODY),
            await client.delete("/heroes/1"),
        ]

    for response in responses:
        assert_unavailable(response)
    database.dispose()
