"""A trigger that does not let a valid write happen is a conflict, never an internal error."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest

from tests.integration.rules.ruled import HERO, AddRules, client_of, postgres, sqlite

SECRET = "Dive Wilson"  # noqa: S105 - a stored value that no log may have
REFUSED = "A rule of the database does not allow this change."
FAILED = "One of the operations failed. Nothing was changed."

WRITES = {
    "INSERT": ("POST", "/heroes/", {**HERO, "name": "Robin"}),
    "UPDATE": ("PATCH", "/heroes/1", {"name": "Robin"}),
    "DELETE": ("DELETE", "/heroes/1", None),
}
"""Requests that are valid, by the statement that each executes."""

BATCHES: dict[str, tuple[dict[str, Any], str]] = {
    "INSERT": ({"create": [HERO]}, "/create/0"),
    "UPDATE": ({"create": [HERO], "update": [{"id": 1, "changes": {"age": 1}}]}, "/update/0"),
    "DELETE": ({"create": [HERO], "delete": [{"id": 1}]}, "/delete/0"),
}
"""Batches, and the pointer to the operation that executes the statement."""


class Ruled(NamedTuple):
    """A client of a database with the hero 1, and how to add a rule before a statement."""

    engine: str
    is_plain: bool
    client: httpx2.AsyncClient
    add_rules: AddRules

    def on(self, event: str, *, sqlite: str, postgres: str, when: str = "BEFORE") -> None:
        """Add a trigger with a body: an expression of SQLite, or statements of PL/pgSQL."""
        if self.engine == "sqlite":
            trigger = f"CREATE TRIGGER rule {when} {event} ON hero"
            self.add_rules(f"{trigger} BEGIN SELECT {sqlite}; END")
            return
        function = "CREATE OR REPLACE FUNCTION rule() RETURNS trigger LANGUAGE plpgsql"
        trigger = f"CREATE OR REPLACE TRIGGER rule {when} {event} ON hero FOR EACH ROW"
        self.add_rules(
            f"{function} AS $$BEGIN {postgres} END$$", f"{trigger} EXECUTE FUNCTION rule()"
        )


@pytest.fixture(
    params=["sqlite fast", "sqlite plain", "postgres fast", "postgres plain"],
)
async def ruled(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ruled]:
    engine, session = request.param.split()
    if engine == "sqlite":
        opening = sqlite(session, tmp_path)
    else:
        opening = postgres(session, request.getfixturevalue("postgres_url"))
    async with opening as (database, add_rules), client_of(database) as client:
        yield Ruled(engine, session == "plain", client, add_rules)


def rule_of(ruled: Ruled) -> str:
    """Return how the log names the rule at level debug, or an empty text if it does not."""
    if ruled.engine == "postgres":
        return "PL/pgSQL function rule() line 1 at RAISE"
    return "" if ruled.is_plain else "trigger rule: no robots"


async def send(client: httpx2.AsyncClient, event: str) -> httpx2.Response:
    method, path, body = WRITES[event]
    return await client.request(method, path, json=body)


async def assert_unchanged(client: httpx2.AsyncClient) -> None:
    assert [{**HERO, "id": 1}] == (await client.get("/heroes/")).json()


@pytest.mark.parametrize("event", WRITES)
async def test_a_row_that_a_trigger_skips_is_a_conflict(ruled: Ruled, event: str) -> None:
    ruled.on(event, sqlite="RAISE(IGNORE)", postgres="RETURN NULL;")

    response = await send(ruled.client, event)
    batch, pointer = BATCHES[event]
    of_batch = await ruled.client.post("/heroes/batch", json=batch)

    assert (409, REFUSED) == (response.status_code, response.json()["detail"])
    assert "application/problem+json" == response.headers["Content-Type"]
    assert (409, FAILED) == (of_batch.status_code, of_batch.json()["detail"])
    assert [{"detail": REFUSED, "pointer": pointer}] == of_batch.json()["errors"]
    await assert_unchanged(ruled.client)


@pytest.mark.parametrize("event", ["UPDATE", "DELETE"])
async def test_a_missing_hero_is_not_found_although_a_trigger_skips_rows(
    ruled: Ruled, event: str
) -> None:
    ruled.on(event, sqlite="RAISE(IGNORE)", postgres="RETURN NULL;")
    method, _, body = WRITES[event]

    response = await ruled.client.request(method, "/heroes/99", json=body)

    assert (404, {"detail": "Hero not found"}) == (response.status_code, response.json())


@pytest.mark.parametrize("event", WRITES)
async def test_an_error_of_a_trigger_is_a_conflict_that_does_not_repeat_its_text(
    ruled: Ruled, event: str, caplog: pytest.LogCaptureFixture
) -> None:
    row = "NEW" if event == "INSERT" else "OLD"
    ruled.on(
        event,
        sqlite="RAISE(ABORT, 'no robots')",
        postgres=f"RAISE EXCEPTION 'no robots %', {row}.secret_name;",
    )
    for name in ("entrypoints", "adapters"):
        caplog.set_level(logging.DEBUG, name)

    response = await send(ruled.client, event)
    batch, pointer = BATCHES[event]
    of_batch = await ruled.client.post("/heroes/batch", json=batch)

    assert (409, REFUSED) == (response.status_code, response.json()["detail"])
    assert [{"detail": REFUSED, "pointer": pointer}] == of_batch.json()["errors"]
    assert "no robots" not in response.text + of_batch.text
    warnings = [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]
    assert all("P0001" in each or "SQLITE_CONSTRAINT_TRIGGER" in each for each in warnings)
    assert 2 == len(warnings)
    assert any(rule_of(ruled) in each.getMessage() for each in caplog.records)
    assert SECRET not in caplog.text
    await assert_unchanged(ruled.client)


FAILURES = {
    "a missing table": "INSERT INTO nowhere VALUES (1);",
    "a missing column": "NEW.nope := 1;",
    "a missing function": "PERFORM nowhere();",
    "a division by zero": "PERFORM 1 / 0;",
    "a value that is too long": "NEW.name := repeat('x', 1000); PERFORM 'x'::int;",
}
"""Bodies of triggers that fail in another way than by RAISE."""


@pytest.fixture(params=["fast", "plain"])
async def on_postgres(request: pytest.FixtureRequest, postgres_url: str) -> AsyncIterator[Ruled]:
    async with (
        postgres(request.param, postgres_url) as (database, add_rules),
        client_of(database) as client,
    ):
        yield Ruled("postgres", request.param == "plain", client, add_rules)


async def test_a_broken_trigger_on_postgresql_is_a_conflict(on_postgres: Ruled) -> None:
    statuses = {}
    for name, body in FAILURES.items():
        on_postgres.on("INSERT", sqlite="", postgres=body)
        statuses[name] = (await send(on_postgres.client, "INSERT")).status_code

    assert dict.fromkeys(FAILURES, 409) == statuses
    await assert_unchanged(on_postgres.client)


RAISED = {
    "P0001": 409,
    "23505": 409,
    "28000": 409,
    "42501": 409,
    "55000": 409,
    "22021": 409,
    "ZZZZZ": 409,
    "08000": 503,
    "40001": 503,
    "53100": 503,
    "55P03": 503,
    "57014": 503,
    "58030": 503,
    "XX000": 503,
}
"""SQLSTATEs that a trigger may raise, and the status of the response."""


async def test_sqlstates_of_a_database_that_is_away_busy_or_full_are_unavailable(
    on_postgres: Ruled,
) -> None:
    raising = "RAISE EXCEPTION 'no' USING ERRCODE = NEW.name;"
    on_postgres.on("INSERT", sqlite="", postgres=raising)

    statuses = {}
    for state in RAISED:
        response = await on_postgres.client.post("/heroes/", json={**HERO, "name": state})
        statuses[state] = response.status_code

    assert RAISED == statuses
    await assert_unchanged(on_postgres.client)


async def test_a_deferred_constraint_trigger_is_a_conflict_at_commit(on_postgres: Ruled) -> None:
    on_postgres.add_rules(
        "CREATE FUNCTION rule() RETURNS trigger LANGUAGE plpgsql"
        " AS $$BEGIN RAISE EXCEPTION 'no robots'; END$$",
        "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON hero DEFERRABLE"
        " INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rule()",
    )

    response = await send(on_postgres.client, "INSERT")

    assert (409, REFUSED) == (response.status_code, response.json()["detail"])
    await assert_unchanged(on_postgres.client)


BROKEN = {
    "a missing table": "INSERT INTO nowhere VALUES (1)",
    "a missing column": "SELECT new.nope",
    "a missing function": "SELECT nowhere(1)",
    "malformed JSON": "SELECT json_extract(new.name, '$')",
    "an integer overflow": "SELECT abs(-9223372036854775807 - 1)",
    "RAISE(FAIL)": "SELECT RAISE(FAIL, 'no robots')",
    "RAISE(ROLLBACK)": "SELECT RAISE(ROLLBACK, 'no robots')",
}


@pytest.mark.parametrize("session", ["fast", "plain"])
async def test_a_broken_trigger_on_sqlite_is_a_conflict(tmp_path: Path, session: str) -> None:
    statuses = {}
    async with sqlite(session, tmp_path) as (database, add_rules), client_of(database) as client:
        for name, body in BROKEN.items():
            add_rules(f"CREATE TRIGGER rule BEFORE INSERT ON hero BEGIN {body}; END")
            statuses[name] = (await send(client, "INSERT")).status_code
            await asyncio.to_thread(add_rules, "DROP TRIGGER rule")

        await assert_unchanged(client)
    assert dict.fromkeys(BROKEN, 409) == statuses
