"""Rules of PostgreSQL: errors of any class, names that are values, policies, and forged cursors."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from adapters.database import open_database
from domain.hero import HeroQuery
from domain.query import SortKey
from entrypoints.api.app import build_app
from entrypoints.http.listing.cursors import encode_cursor
from tests.integration.rules.ruled import HERO, AddRules, client_of, postgres
from tests.support.served import ask, fresh_postgres, invoke

SECRET = str(HERO["secret_name"])

Ruled = tuple[httpx2.AsyncClient, AddRules]


@pytest.fixture(params=["fast", "plain"])
async def ruled(request: pytest.FixtureRequest, postgres_url: str) -> AsyncIterator[Ruled]:
    """A client of a database with the hero 1, and how to add rules."""
    async with (
        postgres(request.param, postgres_url) as (database, add_rules),
        client_of(database) as client,
    ):
        yield client, add_rules


def before_insert(body: str) -> tuple[str, str]:
    return (
        f"CREATE FUNCTION rule() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {body}; END$$",
        "CREATE TRIGGER rule BEFORE INSERT ON hero FOR EACH ROW EXECUTE FUNCTION rule()",
    )


@pytest.mark.parametrize(
    "sqlstate", ["01000", "02000", "0A000", "22012", "2F000", "42P01", "P9999"]
)
async def test_a_trigger_may_raise_any_class(
    ruled: Ruled, sqlstate: str, caplog: pytest.LogCaptureFixture
) -> None:
    client, add_rules = ruled
    add_rules(*before_insert(f"RAISE 'no %', NEW.secret_name USING ERRCODE = '{sqlstate}'"))

    refused = await client.post("/heroes/", json=HERO)

    assert 409 == refused.status_code
    assert SECRET not in refused.text + caplog.text


@pytest.mark.parametrize("name", ["CONSTRAINT", "COLUMN"])
async def test_a_name_that_a_trigger_has_made_up_is_not_logged(
    ruled: Ruled, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    client, add_rules = ruled
    values = f"ERRCODE = '23505', {name} = NEW.secret_name"
    add_rules(*before_insert(f"RAISE 'no' USING {values}"))

    refused = await client.post("/heroes/", json=HERO)

    assert 409 == refused.status_code
    assert "a constraint is violated (23505)" in caplog.text
    assert SECRET not in refused.text + caplog.text


@pytest.mark.parametrize(
    "arguments", ["'tsv', 'nowhere.english', 'name'", "'none', 'pg_catalog.english', 'name'"]
)
async def test_a_trigger_in_c_that_finds_no_name_is_a_rule(ruled: Ruled, arguments: str) -> None:
    client, add_rules = ruled
    add_rules(
        "ALTER TABLE hero ADD COLUMN IF NOT EXISTS tsv tsvector",
        "CREATE OR REPLACE TRIGGER search BEFORE INSERT ON hero FOR EACH ROW"
        f" EXECUTE FUNCTION tsvector_update_trigger({arguments})",
    )
    try:
        refused = await client.post("/heroes/", json=HERO)
    finally:
        add_rules("DROP TRIGGER search ON hero", "ALTER TABLE hero DROP COLUMN tsv")

    assert 409 == refused.status_code


@pytest.mark.parametrize("value", [b"\xe9", b"", b"TopSecret"])
async def test_a_forged_cursor_with_bytes_is_refused(ruled: Ruled, value: bytes) -> None:
    client, _ = ruled
    query = HeroQuery(sort=(SortKey("name"), SortKey("id")), limit=100)
    cursor = encode_cursor(query, (value, 1))

    refused = await client.get("/heroes/", params={"sort": "name", "cursor": cursor})

    assert 422 == refused.status_code


async def test_a_hero_that_a_policy_protects_is_a_conflict_and_not_missing(
    postgres_url: str, tmp_path: Path
) -> None:
    role = f"clerk{uuid.uuid4().hex}"
    with fresh_postgres(postgres_url) as url:
        await asyncio.to_thread(invoke, tmp_path, "migrate", database_url=url)
        ask(
            url,
            "INSERT INTO hero (name, secret_name) VALUES ('N', 'S')",
            f"CREATE ROLE {role} LOGIN",
            f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}",
            "ALTER TABLE hero ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY reading ON hero FOR SELECT USING (true)",
        )
        database = open_database(url.replace("//heroes@", f"//{role}@"))
        transport = httpx2.ASGITransport(build_app(database))
        async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
            statuses = [
                (await client.get("/heroes/1")).status_code,
                (await client.patch("/heroes/1", json={"age": 5})).status_code,
                (await client.delete("/heroes/1")).status_code,
                (await client.delete("/heroes/1", headers={"If-Match": "*"})).status_code,
                (await client.delete("/heroes/2")).status_code,
            ]
        await database.aclose()
        ask(url, f"DROP OWNED BY {role}", f"DROP ROLE {role}")

    assert [200, 409, 409, 409, 404] == statuses
