"""The service has a version table of its own, and leaves that of the user's app as it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.migrations.runner import history
from tests.integration.postgres.test_adoption import TUTORIAL
from tests.release_0_1 import databases as release_0_1
from tests.support.served import ask, fresh_postgres, invoke

HISTORY = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"
INSERT = "INSERT INTO alembic_version VALUES ('{}')"


@pytest.fixture
def url(postgres_url: str) -> Iterator[str]:
    """The URL of a database as the tutorial's app leaves it."""
    with fresh_postgres(postgres_url) as url:
        ask(url, *TUTORIAL)
        yield url


@pytest.mark.parametrize("revision", ["0004", "ae1027a6acf"])
def test_a_history_of_the_users_own_is_neither_read_nor_changed(
    tmp_path: Path, url: str, revision: str
) -> None:
    ask(url, HISTORY, INSERT.format(revision))

    migrated = invoke(tmp_path, "migrate", database_url=url)
    checked = invoke(tmp_path, "migrate", "--check", database_url=url)

    assert (0, 0) == (migrated.exit_code, checked.exit_code)
    assert [(revision,)] == ask(url, "SELECT * FROM alembic_version")
    assert [(history()[-1], "0.1")] == ask(url, "SELECT * FROM heroes_schema_version")


def test_a_database_of_release_0_1_is_recognized_by_its_tables(tmp_path: Path, url: str) -> None:
    release_0_1.migrate(url)

    migrated = invoke(tmp_path, "migrate", database_url=url)

    assert (0, "") == (migrated.exit_code, migrated.stderr)
    assert [("0004",)] == ask(url, "SELECT * FROM alembic_version")
    assert [(history()[-1], "0.1")] == ask(url, "SELECT * FROM heroes_schema_version")


def test_what_the_tables_lack_is_named(tmp_path: Path, url: str) -> None:
    invoke(tmp_path, "migrate", database_url=url)
    ask(url, "ALTER TABLE hero DROP COLUMN version")

    for options in ((), ("--check",)):
        ended = invoke(tmp_path, "migrate", *options, database_url=url)
        assert (1, "") == (ended.exit_code, ended.stdout)
        assert "no column hero.version" in ended.stderr
