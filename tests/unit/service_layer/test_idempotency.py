"""A request with a key is executed once, on the in-memory database."""

from dataclasses import replace

import pytest

from domain.errors import InvalidEntity
from domain.hero import Hero
from service_layer import heroes
from service_layer.idempotency import (
    IdempotencyKey,
    KeyLimitReached,
    KeyReused,
    StoredResponse,
    claim_key,
    store_response,
)
from service_layer.retention import Retention
from tests.fakes.clock import Clock
from tests.fakes.database import FakeDatabase

HOUR = 3_600
KEY = IdempotencyKey("8e03978e-40d5-43e8-bc93-6894a57f9324", b"this request", Retention(HOUR))
FIRST = StoredResponse(200, (("etag", '"1"'),), b"Deadpond is 1")


def response(hero: Hero) -> StoredResponse:
    return StoredResponse(
        200, (("etag", f'"{hero.version}"'),), f"{hero.name} is {hero.id}".encode()
    )


async def create(
    database: FakeDatabase, key: IdempotencyKey = KEY, name: str = "Deadpond"
) -> tuple[StoredResponse, bool]:
    """Create a hero once, and return the response and whether it was stored already."""
    async with database.writing() as uow:
        if stored := await claim_key(uow.idempotency, key):
            return stored, True
        hero = await heroes.create_hero(uow, name=name, secret_name="Dive Wilson")
        await store_response(uow.idempotency, key, response(hero))
        await uow.commit()
        return response(hero), False


async def test_the_first_request_is_executed() -> None:
    database = FakeDatabase()

    assert (FIRST, False) == await create(database)
    assert [1] == list(database.committed.tables[Hero].rows)


async def test_a_repeated_request_gets_the_stored_response_and_changes_nothing() -> None:
    database = FakeDatabase()
    await create(database)

    assert (FIRST, True) == await create(database)
    assert [1] == list(database.committed.tables[Hero].rows)


async def test_another_key_is_another_request() -> None:
    database = FakeDatabase()
    await create(database)

    _, replayed = await create(database, replace(KEY, value="another"))

    assert not replayed
    assert [1, 2] == list(database.committed.tables[Hero].rows)


async def test_another_request_with_the_key_raises_key_reused_and_changes_nothing() -> None:
    database = FakeDatabase()
    await create(database)

    with pytest.raises(KeyReused):
        await create(database, replace(KEY, fingerprint=b"another request"))
    assert [1] == list(database.committed.tables[Hero].rows)


async def test_a_failed_request_stores_no_response() -> None:
    database = FakeDatabase()
    with pytest.raises(InvalidEntity):
        await create(database, name=" ")

    assert (FIRST, False) == await create(database)


async def test_a_response_is_not_stored_without_the_commit() -> None:
    database = FakeDatabase()
    async with database.writing() as uow:
        await uow.idempotency.claim(KEY)
        await store_response(uow.idempotency, KEY, FIRST)

    assert (FIRST, False) == await create(database)


async def test_a_key_can_be_used_again_after_its_lifetime() -> None:
    clock = Clock()
    database = FakeDatabase(clock)
    await create(database)

    clock.now = HOUR - 1
    assert (FIRST, True) == await create(database)
    clock.now = HOUR
    late, replayed = await create(database)

    assert (b"Deadpond is 2", False) == (late.body, replayed)


async def test_at_the_limit_a_new_key_is_refused_and_a_stored_response_is_replayed() -> None:
    clock = Clock()
    database = FakeDatabase(clock)
    keys = [
        replace(KEY, value=str(number), retention=retention)
        for retention in [Retention(HOUR, limit=2)]
        for number in range(3)
    ]
    await create(database, keys[0])
    clock.now = 60
    await create(database, keys[1])

    with pytest.raises(KeyLimitReached) as refused:
        await create(database, keys[2])
    _, replayed = await create(database, keys[0])

    assert HOUR - 60 == refused.value.seconds
    assert replayed
    assert [1, 2] == list(database.committed.tables[Hero].rows)
