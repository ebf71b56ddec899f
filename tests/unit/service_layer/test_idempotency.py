"""A request with a key is carried out once, on the in-memory database."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

import pytest

from domain.hero import Hero, InvalidHero
from service_layer import heroes
from service_layer.errors import StoreUnavailable
from service_layer.idempotency import IdempotencyKey, KeyReused, StoredResponse, execute_once
from tests.fakes.database import FakeDatabase

KEY = IdempotencyKey("8e03978e-40d5-43e8-bc93-6894a57f9324", b"this request", came=1_000)
HOUR = 3_600
BeforeCommit = Callable[[Hero], Awaitable[object]]
FIRST = StoredResponse(200, (("etag", '"1"'),), b"Deadpond is 1")


def answer(hero: Hero) -> StoredResponse:
    return StoredResponse(
        200, (("etag", f'"{hero.version}"'),), f"{hero.name} is {hero.id}".encode()
    )


async def create(
    database: FakeDatabase, key: IdempotencyKey = KEY, name: str = "Deadpond"
) -> tuple[StoredResponse, bool]:
    """Make a hero in a unit of work of its own, whose key is kept for an hour."""
    async with database.writing() as uow:
        command = partial(heroes.create_hero, uow, name=name, secret_name="Dive Wilson")
        return await execute_once(uow.idempotency, key, command, answer, lifetime=HOUR)


async def test_the_first_request_is_carried_out() -> None:
    database = FakeDatabase()

    assert (FIRST, False) == await create(database)
    assert [1] == list(database.committed.heroes)


async def test_the_same_request_again_gets_the_same_answer_and_changes_nothing() -> None:
    database = FakeDatabase()
    await create(database)

    assert (FIRST, True) == await create(database)
    assert (FIRST, True) == await create(database, replace(KEY, came=1_000 + HOUR - 1))
    assert [1] == list(database.committed.heroes)


async def test_another_key_is_another_request() -> None:
    database = FakeDatabase()
    await create(database)

    _, replayed = await create(database, replace(KEY, value="another"))

    assert not replayed
    assert [1, 2] == list(database.committed.heroes)


async def test_another_request_with_the_key_is_refused_and_changes_nothing() -> None:
    database = FakeDatabase()
    await create(database)

    with pytest.raises(KeyReused):
        await create(database, replace(KEY, fingerprint=b"another request"))
    assert [1] == list(database.committed.heroes)


async def test_a_refusal_is_not_kept() -> None:
    database = FakeDatabase()
    with pytest.raises(InvalidHero):
        await create(database, name=" ")

    assert (FIRST, False) == await create(database)


async def test_an_answer_is_not_kept_when_the_commit_fails() -> None:
    database = FakeDatabase()
    async with database.writing() as uow:

        async def create_in_vain(*, before_commit: BeforeCommit | None = None) -> Hero:
            assert before_commit is not None
            await before_commit(Hero(1, "Deadpond", "Dive Wilson", None, version=1))
            raise StoreUnavailable("no COMMIT today")

        with pytest.raises(StoreUnavailable):
            await execute_once(uow.idempotency, KEY, create_in_vain, answer, lifetime=HOUR)

    assert (FIRST, False) == await create(database)


async def test_after_its_time_a_key_is_as_good_as_new() -> None:
    database = FakeDatabase()
    await create(database)

    late, replayed = await create(database, replace(KEY, came=1_000 + HOUR))

    assert (b"Deadpond is 2", False) == (late.body, replayed)


async def test_keys_do_not_pile_up() -> None:
    database = FakeDatabase()
    for number in range(300):
        await create(database, replace(KEY, value=f"early {number}"))
    for number in range(100):
        await create(database, replace(KEY, value=f"late {number}", came=1_000 + HOUR))

    assert 100 == sum(value.startswith("late") for value in database.committed.responses)
    assert not any(value.startswith("early") for value in database.committed.responses)
