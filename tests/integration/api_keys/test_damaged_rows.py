"""Rows of API keys that somebody has changed by hand: no such key is valid, all are listed."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.database import open_plain_database
from adapters.sqlite.database import SqliteDatabase
from domain.api_key import ApiKey
from entrypoints.api.app import build_app
from entrypoints.api.scopes import SCOPES
from service_layer.api_key_authentication import ApiKeyAuthenticator
from service_layer.api_keys import CreatedKey, create_key, list_keys, revoke_key
from tests.integration.api_keys.commands import Keys
from tests.support.databases import migrated_sqlite
from tests.support.sql import execute
from tests.unit.api.authentication.calls import call

DAMAGED = {
    "expires = 9223372036854775807": ["expires"],
    "expires = 253402300800": ["expires"],
    "expires = 1e300": ["expires"],
    "expires = 'abc'": ["expires"],
    "expires = x'ff'": ["expires"],
    "created = -9223372036854775808": ["created"],
    "created = -1": ["created"],
    "created = 'x'": ["created"],
    "scopes = x'00ff'": ["scopes"],
    "scopes = x'00', created = 0.5, expires = ''": ["created", "expires", "scopes"],
}
"""Assignments to the columns of a row, and the columns whose value is unknown after that."""


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    database = migrated_sqlite(tmp_path / "heroes.db")
    yield database
    await database.aclose()


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path / "heroes.db")


async def create(database: SqliteDatabase) -> CreatedKey:
    async with database.writing() as uow:
        return await create_key(uow, name="deploy", scopes=[SCOPES.read])


async def read(database: SqliteDatabase, engine: str, url: str, key: str) -> int:
    """Return the status of a request with the key to a service that has cached nothing."""
    used = database if engine == "fast" else open_plain_database(url)
    app = build_app(used, authenticator=ApiKeyAuthenticator(used, SCOPES))
    status = (await call(app, "GET", "/heroes/", f"Bearer {key}")).status
    if used is not database:
        await used.aclose()
    return status


@pytest.mark.parametrize("engine", ["fast", "plain"])
async def test_a_key_with_a_damaged_value_is_not_valid(
    file: SqliteDatabase, keys: Keys, engine: str
) -> None:
    key, other = await create(file), await create(file)

    for assignments in DAMAGED:
        execute(
            keys.url,
            "UPDATE heroes_api_key SET created = 1, expires = NULL, scopes = 'heroes:read'",
            f"UPDATE heroes_api_key SET {assignments} WHERE id = 1",  # noqa: S608
        )
        assert 401 == await read(file, engine, keys.url, key.text), assignments
        assert 200 == await read(file, engine, keys.url, other.text)


async def test_a_row_with_a_damaged_value_can_be_revoked(file: SqliteDatabase, keys: Keys) -> None:
    await create(file)
    execute(keys.url, "UPDATE heroes_api_key SET created = 'x', scopes = x'00'")

    async with file.writing() as uow:
        revoked: ApiKey = await revoke_key(uow, 1)

    assert revoked.revoked_at
    async with file.reading() as uow:
        assert [revoked] == await list_keys(uow)


async def make_damaged(file: SqliteDatabase, keys: Keys) -> None:
    for number, assignments in enumerate(DAMAGED, start=1):
        await create(file)
        execute(
            keys.url,
            f"UPDATE heroes_api_key SET {assignments} WHERE id = {number}",  # noqa: S608
        )


async def test_rows_with_damaged_values_are_listed(file: SqliteDatabase, keys: Keys) -> None:
    await make_damaged(file, keys)
    await file.aclose()

    listed = await run(keys, "list", "--json")
    table = await run(keys, "list")

    assert list(DAMAGED.values()) == [unknown_columns(key) for key in json.loads(listed)]
    assert [len(each) for each in DAMAGED.values()] == [
        line.split().count("unknown") for line in table.splitlines()[1:]
    ]


async def test_a_damaged_name_or_scope_can_not_control_the_terminal(
    file: SqliteDatabase, keys: Keys
) -> None:
    names = ["CAST(x'ff1b' AS TEXT)", "x'ff1b'"]
    created = [await create(file) for _ in names]
    for number, name in enumerate(names, start=1):
        execute(
            keys.url,
            f"UPDATE heroes_api_key SET name = {name},"  # noqa: S608
            f" scopes = 'heroes:read ' || char(27) || '[31m' WHERE id = {number}",
        )

    for key in created:
        assert 200 == await read(file, "fast", keys.url, key.text)
    await file.aclose()
    table = await run(keys, "list")
    assert "\x1b" not in table
    assert 2 == table.count("heroes:read")


@pytest.mark.parametrize("engine", ["fast", "plain"])
async def test_a_mark_of_another_type_does_not_matter(
    file: SqliteDatabase, keys: Keys, engine: str
) -> None:
    key = await create(file)

    for mark in ("'x'", "x'ff'", "CAST(x'ff' AS TEXT)", "1e300", "-1"):
        execute(
            keys.url,
            f"UPDATE heroes_api_key_changes SET number = {mark}",  # noqa: S608
        )
        assert 200 == await read(file, engine, keys.url, key.text), mark
    async with file.writing() as uow:
        await revoke_key(uow, 1)

    assert 401 == await read(file, engine, keys.url, key.text)


async def run(keys: Keys, *arguments: str) -> str:
    return await asyncio.to_thread(keys.run, *arguments)


def unknown_columns(key: dict[str, object]) -> list[str]:
    return sorted(name for name, value in key.items() if value == "unknown")
