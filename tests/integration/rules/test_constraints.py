"""Constraints and policies of users: their violation is a conflict, and the log names them."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.integration.rules.ruled import HERO, client_of, postgres, sqlite
from tests.support.served import ask, fresh_postgres

CONFLICT = "The request conflicts with existing data."
REFUSED = "A rule of the database does not allow this change."
USER = "owner_of_heroes"

SQLITE = {
    "CREATE UNIQUE INDEX one_of_a_name ON hero (name)": "UNIQUE constraint failed: hero.name",
    "DELETE FROM hero; ALTER TABLE hero ADD COLUMN other CHECK (age > 28)": (
        "CHECK constraint failed: age"
    ),
    "CREATE UNIQUE INDEX same ON hero (lower(name))": "UNIQUE constraint failed: index 'same'",
}
POSTGRESQL = {
    "CREATE UNIQUE INDEX one_of_a_name ON hero (name)": "one_of_a_name; 23505",
    "ALTER TABLE hero ADD CONSTRAINT adults CHECK (age >= 29) NOT VALID": "adults; 23514",
    "ALTER TABLE hero ADD COLUMN badge TEXT DEFAULT 'x'; "
    "ALTER TABLE hero ALTER COLUMN badge SET NOT NULL, ALTER COLUMN badge DROP DEFAULT": (
        "badge; 23502"
    ),
}
"""Constraints that the hero violates, and how the log names each."""

RULES = {
    "a policy": (
        "ALTER TABLE hero ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "CREATE POLICY older ON hero USING (true) WITH CHECK (age >= 29)",
    ),
    "a rewrite rule": ("CREATE RULE none AS ON INSERT TO hero DO INSTEAD NOTHING",),
}
"""Rules of PostgreSQL that are neither constraints nor triggers."""


@pytest.fixture
def url_of_user(postgres_url: str) -> Iterator[str]:
    """The URL of an empty database whose user is no superuser, so that policies apply."""
    with fresh_postgres(postgres_url) as url:
        ask(url, f"CREATE ROLE {USER} LOGIN PASSWORD 'unused'")
        ask(url, f"GRANT ALL ON SCHEMA public TO {USER}")
        try:
            address = urlsplit(url).netloc.rpartition("@")[2]
            yield urlsplit(url)._replace(netloc=f"{USER}:unused@{address}").geturl()
        finally:
            ask(url, f"DROP OWNED BY {USER}", f"DROP ROLE {USER}")


@pytest.mark.parametrize(("statement", "name"), SQLITE.items(), ids=SQLITE.values())
async def test_a_violated_constraint_of_sqlite_is_named_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, statement: str, name: str
) -> None:
    async with sqlite("fast", tmp_path) as (database, add_rules), client_of(database) as client:
        add_rules(statement)

        response = await client.post("/heroes/", json=HERO)

    assert (409, CONFLICT) == (response.status_code, response.json()["detail"])
    assert f"POST '/heroes/': a constraint is violated ({name}" in caplog.text


@pytest.mark.parametrize("session", ["fast", "plain"])
async def test_a_foreign_key_of_a_users_table_holds_on_sqlite(tmp_path: Path, session: str) -> None:
    async with sqlite(session, tmp_path) as (database, add_rules), client_of(database) as client:
        add_rules(
            "CREATE TABLE badge (hero_id INTEGER REFERENCES hero (id))",
            "INSERT INTO badge VALUES (1)",
        )

        other = await client.post("/heroes/", json=HERO)
        refused = await client.delete("/heroes/1")
        deleted = await client.delete(other.headers["Location"])

    assert (409, CONFLICT) == (refused.status_code, refused.json()["detail"])
    assert 200 == deleted.status_code


@pytest.mark.parametrize(("statements", "name"), POSTGRESQL.items(), ids=POSTGRESQL.values())
async def test_a_violated_constraint_of_postgresql_is_named_in_the_log(
    url_of_user: str, caplog: pytest.LogCaptureFixture, statements: str, name: str
) -> None:
    async with ruled(url_of_user, statements.split("; ")) as client:
        response = await client.post("/heroes/", json=HERO)

    assert (409, CONFLICT) == (response.status_code, response.json()["detail"])
    assert f"POST '/heroes/': a constraint is violated ({name})" in caplog.text


@pytest.mark.parametrize("statements", RULES.values(), ids=RULES)
async def test_a_row_that_a_rule_of_postgresql_refuses_is_a_conflict(
    url_of_user: str, statements: Sequence[str]
) -> None:
    async with ruled(url_of_user, statements) as client:
        response = await client.post("/heroes/", json=HERO)
        stored = await client.get("/heroes/")

    assert (409, REFUSED) == (response.status_code, response.json()["detail"])
    assert [1] == [hero["id"] for hero in stored.json()]


@asynccontextmanager
async def ruled(url: str, statements: Sequence[str]) -> AsyncIterator[httpx2.AsyncClient]:
    """Yield a client of a database with the rules."""
    async with postgres("fast", url) as (database, add_rules), client_of(database) as client:
        add_rules(*statements)
        yield client
