"""The use cases for API keys, on the fake."""

import pytest

from domain.api_key import ApiKey, ApiKeyNotFound, InvalidApiKey
from domain.principal import Principal
from service_layer.api_key_authentication import ApiKeyAuthenticator
from service_layer.api_keys import CreatedKey, create_key, list_keys, revoke_key
from service_layer.authorization import ScopeNames
from tests.fakes.database import FakeDatabase

SCOPES = ScopeNames(read="a", write="b")


async def create(database: FakeDatabase, lifetime: int | None = None) -> CreatedKey:
    async with database.writing() as uow:
        return await create_key(uow, name="deploy", scopes=["b", "a", "b"], lifetime=lifetime)


async def stored_keys(database: FakeDatabase) -> list[ApiKey]:
    async with database.reading() as uow:
        return list(await list_keys(uow))


async def test_a_created_key_is_listed_and_authenticates() -> None:
    database = FakeDatabase()

    created = await create(database)

    assert [created.stored] == await stored_keys(database)
    assert Principal("key:1", frozenset({"a", "b"})) == (
        await ApiKeyAuthenticator(database, SCOPES).authenticate(created.text)
    )


async def test_each_key_has_a_text_of_its_own() -> None:
    database = FakeDatabase()

    assert 10 == len({(await create(database)).text for _ in range(10)})


async def test_a_key_with_a_lifetime_expires() -> None:
    created = await create(FakeDatabase(lambda: 1_000), lifetime=60)

    assert (1_000, 1_060) == (created.stored.created_at, created.stored.expires_at)


async def test_the_representation_of_a_key_does_not_contain_its_text() -> None:
    created = await create(FakeDatabase())

    assert created.text.startswith("hrs_")
    assert "hrs_" not in repr(created)


async def test_an_invalid_key_is_not_stored() -> None:
    database = FakeDatabase()

    async with database.writing() as uow:
        with pytest.raises(InvalidApiKey):
            await create_key(uow, name="", scopes=["a"])

    assert [] == await stored_keys(database)


async def test_a_revoked_key_remains_listed() -> None:
    database = FakeDatabase(lambda: 1_000)
    await create(database)

    async with database.writing() as uow:
        revoked = await revoke_key(uow, 1)

    assert 1_000 == revoked.revoked_at
    assert [revoked] == await stored_keys(database)


async def test_an_unknown_key_is_not_revoked() -> None:
    database = FakeDatabase()
    await create(database)

    async with database.writing() as uow:
        with pytest.raises(ApiKeyNotFound):
            await revoke_key(uow, 2)
