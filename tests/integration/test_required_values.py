"""A table that can never take a hero is refused at the start, with the column's name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.postgres.test_adoption import TABLE
from tests.support.served import fresh_postgres, invoke
from tests.support.sql import execute

SQLITE_TABLE = TABLE.replace("id SERIAL", "id INTEGER")
HASHED = ", hashed_password VARCHAR NOT NULL)"
DEFAULTS = {
    "a default": ", team VARCHAR NOT NULL DEFAULT '')",
    "null": ", team VARCHAR)",
    "a generated value": ", twice INTEGER NOT NULL GENERATED ALWAYS AS (1 + 1) STORED)",
}
TRIGGER = (
    (
        "CREATE FUNCTION set_password() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.hashed_password := ''; RETURN NEW; END $$"
    ),
    (
        "CREATE TRIGGER set_password BEFORE INSERT ON hero FOR EACH ROW "
        "EXECUTE FUNCTION set_password()"
    ),
)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/heroes.db"
        return
    with fresh_postgres(request.getfixturevalue("postgres_url")) as url:
        yield url


def make_table(url: str, more: str) -> None:
    """Create the tutorial's table with further columns."""
    table = SQLITE_TABLE if url.startswith("sqlite") else TABLE
    columns, key = table.rsplit(", PRIMARY KEY", 1)
    execute(url, f"{columns}{more.removesuffix(')')}, PRIMARY KEY{key}")


@pytest.mark.parametrize("is_adopted", [False, True], ids=["new", "adopted"])
def test_a_further_column_that_needs_a_value_is_refused_by_name(
    tmp_path: Path, url: str, *, is_adopted: bool
) -> None:
    make_table(url, ")" if is_adopted else HASHED)
    if is_adopted:
        invoke(tmp_path, "migrate", database_url=url)
        execute(url, "DROP TABLE hero")
        make_table(url, HASHED[:-1] + ", version BIGINT NOT NULL DEFAULT 1)")

    for options in ((), ("--check",)):
        ended = invoke(tmp_path, "migrate", *options, database_url=url)
        assert (1, "") == (ended.exit_code, ended.stdout)
        assert "needs a value for hero.hashed_password" in ended.stderr
        assert 1 == len(ended.stderr.splitlines())


@pytest.mark.parametrize("more", DEFAULTS.values(), ids=DEFAULTS)
def test_a_further_column_that_needs_no_value_is_adopted(
    tmp_path: Path, url: str, more: str
) -> None:
    make_table(url, more)

    ended = invoke(tmp_path, "migrate", database_url=url)

    assert (0, "") == (ended.exit_code, ended.stderr)


def test_a_column_that_a_trigger_may_set_is_adopted(tmp_path: Path, postgres_url: str) -> None:
    with fresh_postgres(postgres_url) as url:
        make_table(url, HASHED)
        execute(url, *TRIGGER)

        ended = invoke(tmp_path, "migrate", database_url=url)

    assert (0, "") == (ended.exit_code, ended.stderr)
