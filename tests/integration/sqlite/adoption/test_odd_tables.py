"""Odd definitions of the tutorial's table are understood, or refused in one sentence."""

from pathlib import Path

import httpx2
import pytest

from tests.integration.processes import assert_one_sentence, run
from tests.integration.tutorial_database import connection_to
from tests.support.databases import migrated_sqlite
from tests.support.served import serve
from tests.support.sql import execute

REST = "name VARCHAR NOT NULL, secret_name VARCHAR NOT NULL, age INTEGER"


@pytest.mark.parametrize(
    "definition",
    [
        f"id INTEGER PRIMARY KEY /* without AUTOINCREMENT */, {REST}",
        f"id INTEGER PRIMARY KEY, {REST} -- not WITHOUT ROWID\n",
        f"id INTEGER NOT NULL, {REST}, CHECK (name <> 'PRIMARY KEY (id)'), PRIMARY KEY (id)",
        f"id INTEGER PRIMARY KEY ON CONFLICT REPLACE, {REST}",
        f'"id INTEGER PRIMARY KEY" TEXT, [id] INTEGER PRIMARY KEY ASC, {REST}',
    ],
)
def test_ids_are_not_reused_whatever_comments_and_strings_say(
    tmp_path: Path, definition: str
) -> None:
    path = tmp_path / "heroes.db"
    insert = "INSERT INTO hero (name, secret_name) VALUES ('N', 'S')"
    with connection_to(path) as connection:
        connection.execute(f"CREATE TABLE hero ({definition})")
        connection.execute(insert)

    migrated_sqlite(path).dispose()

    with connection_to(path) as connection:
        connection.execute("DELETE FROM hero")
        connection.execute(insert)
        assert [(2,)] == connection.execute("SELECT id FROM hero").fetchall()


def test_utf_16_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "heroes.db"
    with connection_to(path) as connection:
        connection.execute("PRAGMA encoding = 'UTF-16le'")
        connection.execute(f"CREATE TABLE hero (id INTEGER PRIMARY KEY, {REST})")
    content = path.read_bytes()

    for command in ("migrate", "serve"):
        assert_one_sentence(run(command, path), 1, "UTF-16le", "UTF-8 is required")
    assert content == path.read_bytes()


@pytest.mark.parametrize("session", ["fast", "plain"])
def test_a_collation_of_the_column_changes_neither_filters_nor_walks(
    tmp_path: Path, session: str
) -> None:
    path = tmp_path / "heroes.db"
    with connection_to(path) as connection:
        columns = REST.replace("name VARCHAR", "name VARCHAR COLLATE NOCASE", 1)
        connection.execute(f"CREATE TABLE hero (id INTEGER PRIMARY KEY, {columns})")
        names = ("'b'", "'C'", "CAST(X'63E9' AS TEXT)", "'D'", "'e'", "'Dead'", "'dead'")
        for name in names:
            connection.execute(f"INSERT INTO hero (name, secret_name) VALUES ({name}, 'S')")  # noqa: S608

    with serve(path, session=session) as served, httpx2.Client(base_url=served.url) as client:
        ids = {sort: walk(client, sort=sort) for sort in ("name", "-name")}
        started = walk(client, sort="name", name__startswith="d")

    assert {"name": [2, 4, 6, 1, 3, 7, 5], "-name": [5, 7, 3, 1, 6, 4, 2]} == ids
    assert [7] == started


@pytest.mark.parametrize(
    "statements",
    [
        ["INSERT INTO heroes_schema_version VALUES ('0005', '0.1')"],
        ["UPDATE heroes_schema_version SET version_num = CAST('TopSecret' || X'E9' AS TEXT)"],
        ["UPDATE heroes_schema_version SET version_num = 6"],
        ["UPDATE heroes_schema_version SET version_num = X'30303036'"],
        ["DROP TABLE heroes_schema_version", "CREATE TABLE heroes_schema_version (v)"],
    ],
)
def test_a_version_table_that_others_have_changed_is_refused(
    tmp_path: Path, statements: list[str]
) -> None:
    path = tmp_path / "heroes.db"
    migrated_sqlite(path).dispose()
    execute(f"sqlite:///{path}", *statements)

    for options in ((), ("--check",)):
        assert_one_sentence(run("migrate", path, *options), 1, "does not hold a revision")


@pytest.mark.parametrize("release", ["X'00'", "''", "'abc'", "'1'||hex(zeroblob(3000))", "NULL"])
def test_a_newer_schema_without_a_valid_release_is_refused(tmp_path: Path, release: str) -> None:
    path = tmp_path / "heroes.db"
    migrated_sqlite(path).dispose()
    change = f"UPDATE heroes_schema_version SET version_num = '0099', oldest_release = {release}"  # noqa: S608
    execute(f"sqlite:///{path}", change)

    assert_one_sentence(run("migrate", path), 1, "does not work with")


def walk(client: httpx2.Client, **parameters: str) -> list[int]:
    """Return the ids of all pages of one, by their links."""
    ids: list[int] = []
    page = client.get("/heroes/", params={**parameters, "limit": "1"})
    while len(ids) < 20:
        assert 200 == page.status_code, page.text
        ids += [hero["id"] for hero in page.json()]
        if "next" not in page.links:
            break
        page = client.get(page.url.join(page.links["next"]["url"]))
    return ids
