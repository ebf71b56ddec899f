"""``heroes check`` prints the settings, and tests the schema and the disk."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.migrations.runner import history
from adapters.postgres.dsn import hide_password
from adapters.sqlite.inspection.flush_times import time_flushes
from service_layer.errors import UnusableDatabase
from tests.support.served import fresh_postgres, invoke
from tests.support.sql import execute

PASSWORD = "hunter2"  # noqa: S105 - that it is not printed is the test
NEWER = "UPDATE heroes_schema_version SET version_num = '0099'"
UNSUPPORTED = "UPDATE heroes_schema_version SET version_num = '0099', oldest_release = '99.0'"
FLUSH_TIME = r"Flush time: median \d+\.\d\d ms, maximum \d+\.\d\d ms of 20\."


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/heroes.db"
        invoke(tmp_path, "migrate", database_url=url)
        yield url
        return
    with fresh_postgres(request.getfixturevalue("postgres_url")) as url:
        invoke(tmp_path, "migrate", database_url=url)
        yield url


def test_a_database_that_is_ready_passes(tmp_path: Path, url: str) -> None:
    ended = invoke(tmp_path, "check", database_url=url, port="8001")

    lines = ended.stdout.splitlines()
    assert (0, "") == (ended.exit_code, ended.stderr)
    assert any(re.fullmatch("HEROES_PORT=8001 +# environment", line) for line in lines)
    assert any(re.fullmatch("HEROES_POOL_SIZE=10 +# default", line) for line in lines)
    assert "Schema: up to date." in lines
    assert re.fullmatch(FLUSH_TIME, lines[-2])
    assert "All values have the type of their column." == lines[-1]


def test_pending_migrations_fail(tmp_path: Path, url: str) -> None:
    *_, before, last = history()
    execute(url, f"UPDATE heroes_schema_version SET version_num = '{before}'")  # noqa: S608

    ended = invoke(tmp_path, "check", database_url=url)

    assert 1 == ended.exit_code
    line = f"Schema: migrations are pending: {last}; `migrate` applies them."
    assert line in ended.stdout.splitlines()


def test_a_newer_schema_passes_if_this_release_works_with_it(tmp_path: Path, url: str) -> None:
    execute(url, NEWER)
    newer = invoke(tmp_path, "check", database_url=url)
    execute(url, UNSUPPORTED)
    unsupported = invoke(tmp_path, "check", database_url=url)

    assert 0 == newer.exit_code
    assert "this release works with it" in newer.stdout
    assert 1 == unsupported.exit_code
    assert "which this release does not work with" in unsupported.stderr


def test_a_disk_that_refuses_writes_is_named_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(UnusableDatabase, match="cannot be written to: No such file or directory"):
        list(time_flushes(tmp_path / "missing" / "heroes.db"))


def test_the_file_for_the_flushes_has_no_name(tmp_path: Path) -> None:
    for _ in time_flushes(tmp_path / "heroes.db"):
        assert [] == list(tmp_path.iterdir())


def test_a_database_in_memory_has_no_schema_and_no_disk(tmp_path: Path) -> None:
    ended = invoke(tmp_path, "check", database_url="sqlite://", session="plain")

    assert 0 == ended.exit_code
    assert "Schema: created at each start." in ended.stdout
    assert "Flush time: none, the data is in memory." in ended.stdout


def test_a_server_that_is_unreachable_fails_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql://me:{PASSWORD}@127.0.0.1:1/heroes?password={PASSWORD}"

    ended = invoke(tmp_path, "check", database_url=url)

    assert 1 == ended.exit_code
    assert "postgresql://me:***@127.0.0.1:1/heroes" in ended.stderr
    assert PASSWORD not in ended.output


def test_an_invalid_setting_exits_with_2(tmp_path: Path) -> None:
    ended = invoke(tmp_path / "heroes.db", "check", auth="jwt")

    assert 2 == ended.exit_code
    assert "tokens need HEROES_JWT_ISSUER" in ended.stderr


def test_replicas_are_tested(tmp_path: Path, postgres_url: str) -> None:
    """The primary stands in for a replica: its lag is not known."""
    unreachable = "postgresql://me:hunter2@127.0.0.1:1/heroes"
    with fresh_postgres(postgres_url) as url, fresh_postgres(postgres_url) as empty:
        invoke(tmp_path, "migrate", database_url=url)
        good, lacking, away = (
            invoke(tmp_path, "check", database_url=url, database_read_url=read_url)
            for read_url in (url, empty, unreachable)
        )
        plain = invoke(
            tmp_path, "check", database_url=url, database_read_url=unreachable, session="plain"
        )

    assert [0, 1, 1, 1] == [ended.exit_code for ended in (good, lacking, away, plain)]
    assert f"Replica {hide_password(url)}: schema up to date." in good.stdout.splitlines()
    assert f"Replica {hide_password(empty)}: migrations have not arrived: 0001, " in lacking.stdout
    for ended in (away, plain):
        (line,) = (each for each in ended.stdout.splitlines() if each.startswith("Replica "))
        assert line.startswith("Replica postgresql://me:***@127.0.0.1:1/heroes: ")
        assert line.endswith("; reads get 503 while no other replica is available.")
        assert PASSWORD not in ended.output


def test_replicas_fail_if_none_has_the_role_of_the_url(tmp_path: Path, postgres_url: str) -> None:
    with fresh_postgres(postgres_url) as url:
        invoke(tmp_path, "migrate", database_url=url)
        alone = invoke(
            tmp_path,
            "check",
            database_url=url,
            database_read_url=f"{url}?target_session_attrs=standby",
        )

    assert 1 == alone.exit_code
    assert "its role is not the one of target_session_attrs; reads get 503" in alone.stdout
