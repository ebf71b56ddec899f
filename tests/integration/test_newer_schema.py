"""A release works with the schema of the next one, and refuses one that it does not work with."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.support.served import fresh_postgres, invoke, serve
from tests.support.sql import execute

NEXT = (
    "ALTER TABLE hero ADD COLUMN power INTEGER NOT NULL DEFAULT 0",
    "UPDATE heroes_schema_version SET version_num = '0099'",
)
"""The next release's migration: a column with a default."""
UNSUPPORTED = "UPDATE heroes_schema_version SET oldest_release = '99.0'"
UNRECORDED = "UPDATE heroes_schema_version SET oldest_release = NULL"


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that the next release has migrated."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/heroes.db"
        make_newer(tmp_path, url)
        yield url
        return
    with fresh_postgres(request.getfixturevalue("postgres_url")) as url:
        make_newer(tmp_path, url)
        yield url


def make_newer(folder: Path, url: str) -> None:
    invoke(folder, "migrate", database_url=url)
    execute(url, *NEXT)


def test_the_schema_of_the_next_release_is_served(tmp_path: Path, url: str) -> None:
    hero = {"name": "Deadpond", "secret_name": "Dive Wilson"}
    with (
        serve(tmp_path / "served.db", database_url=url) as served,
        httpx2.Client(base_url=served.url) as client,
    ):
        created = client.post("/heroes/", json=hero)
        read = client.get("/heroes/1")

    assert (200, 200) == (created.status_code, read.status_code)


def test_migrate_leaves_a_newer_schema_and_check_exits_with_3(tmp_path: Path, url: str) -> None:
    migrated = invoke(tmp_path, "migrate", database_url=url)
    checked = invoke(tmp_path, "migrate", "--check", database_url=url)

    assert (0, "") == (migrated.exit_code, migrated.stderr)
    assert_one_sentence_of_code_3(checked.exit_code, checked.stderr, "this release works with it")


@pytest.mark.parametrize("statement", [UNSUPPORTED, UNRECORDED], ids=["newer", "unrecorded"])
def test_a_newer_schema_that_needs_a_newer_release_is_refused(
    tmp_path: Path, url: str, statement: str
) -> None:
    execute(url, statement)

    migrated = invoke(tmp_path, "migrate", database_url=url)
    checked = invoke(tmp_path, "migrate", "--check", database_url=url)

    assert (1, "") == (migrated.exit_code, migrated.stdout)
    assert "0099 of a newer release, which this release does not work with" in migrated.stderr
    assert_one_sentence_of_code_3(checked.exit_code, checked.stderr, "upgrade the service")


def test_what_a_newer_schema_lacks_is_named(tmp_path: Path, url: str) -> None:
    execute(url, "ALTER TABLE hero DROP COLUMN version")

    for options in ((), ("--check",)):
        ended = invoke(tmp_path, "migrate", *options, database_url=url)
        assert 1 == ended.exit_code
        assert "no column hero.version" in ended.stderr


def assert_one_sentence_of_code_3(code: int, stderr: str, words: str) -> None:
    assert (3, 1) == (code, len(stderr.splitlines()))
    assert words in stderr
