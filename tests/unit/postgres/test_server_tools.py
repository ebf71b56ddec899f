"""The lines with which PostgreSQL's own tools back up and restore."""

from pathlib import Path

import pytest

from adapters.postgres.server_tools import refuse_backup, refuse_restore

PASSWORD = "hunter2"  # noqa: S105 - that it is not printed is the test
DUMP = "pg_dump --format=custom --no-password --file=heroes.dump --dbname="
RESTORE = (
    "pg_restore --clean --if-exists --no-owner --single-transaction --no-password --dbname={} "
    "heroes.dump"
)
FILE = Path("heroes.dump")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://heroes@127.0.0.1:5432/heroes",
        "postgres://db1,db2:5433/heroes",
        "postgresql:///heroes",
    ],
)
def test_a_url_without_a_password_is_unchanged(url: str) -> None:
    assert f"{DUMP}{url}" == str(refuse_backup(url, FILE)).splitlines()[-1]
    assert RESTORE.format(url) == str(refuse_restore(url, FILE)).splitlines()[-1]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"postgresql://me:{PASSWORD}@host/heroes", "postgresql://me@host/heroes"),
        (f"postgresql://host/heroes?password={PASSWORD}", "postgresql://host/heroes"),
        (f"postgresql://me:{PASSWORD}:{PASSWORD}@a,b/heroes", "postgresql://me@a,b/heroes"),
    ],
)
def test_a_password_is_not_in_the_line_and_its_file_is_named(url: str, shown: str) -> None:
    for error in (refuse_backup(url, FILE), refuse_restore(url, FILE)):
        _, line, advice = str(error).splitlines()

        assert PASSWORD not in str(error)
        assert line.startswith("PGPASSFILE=~/.pgpass pg_")
        assert f"--dbname={shown}" in line.split()
        assert "mode 0600" in advice


def test_only_options_that_the_tools_know_remain() -> None:
    url = (
        "postgresql:///heroes?host=/run/postgresql&sslmode=require&jit=off&options=-c%20x%3Dsecret"
    )

    line = str(refuse_backup(url, FILE)).splitlines()[-1]

    shown = "postgresql:///heroes?host=/run/postgresql&sslmode=require"
    assert f"'--dbname={shown}'" == line.split()[-1]


def test_a_file_name_is_quoted_for_a_shell() -> None:
    line = str(refuse_backup("postgresql:///heroes", Path("it's $HOME"))).splitlines()[-1]

    assert """'--file=it'"'"'s $HOME'""" in line
