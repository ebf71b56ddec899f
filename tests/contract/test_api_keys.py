"""The contract of ``ApiKeyStore``."""

import time
from dataclasses import replace

import pytest

from domain.api_key import ApiKey, ApiKeyDraft, ApiKeyNotFound
from service_layer.errors import StoreConflict
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.fakes.database import FakeDatabase

DIGEST = bytes(range(32))
OTHER_DIGEST = bytes(range(1, 33))
DRAFT = ApiKeyDraft("deploy", frozenset({"b:write", "a:read"}))


async def add(
    database: UnitOfWorkFactory, draft: ApiKeyDraft = DRAFT, digest: bytes = DIGEST
) -> ApiKey:
    async with database.writing() as uow:
        key = await uow.api_keys.add(draft, digest)
        await uow.commit()
        return key


async def revoke(database: UnitOfWorkFactory, key_id: int) -> ApiKey:
    async with database.writing() as uow:
        key = await uow.api_keys.revoke(key_id)
        await uow.commit()
        return key


async def find(
    database: UnitOfWorkFactory, digest: bytes = DIGEST, now: float | None = None
) -> ApiKey | None:
    async with database.reading() as uow:
        return await uow.api_keys.find(digest, int(time.time() if now is None else now))


async def read_change_mark(database: UnitOfWorkFactory) -> object:
    async with database.reading() as uow:
        return await uow.api_keys.read_change_mark()


async def test_a_key_is_found_by_its_digest(database: UnitOfWorkFactory) -> None:
    added = await add(database)

    assert added == await find(database)
    assert ("deploy", ("a:read", "b:write")) == (added.name, added.scopes)
    assert added.expires_at is None
    assert added.revoked_at is None
    assert abs(added.created_at - time.time()) < 10


async def test_an_unknown_digest_is_not_found(database: UnitOfWorkFactory) -> None:
    await add(database)

    for digest in (OTHER_DIGEST, b"", DIGEST[:-1], DIGEST + b"\0", bytes(32)):
        assert await find(database, digest) is None


async def test_a_key_expires_after_its_lifetime(database: UnitOfWorkFactory) -> None:
    key = await add(database, replace(DRAFT, lifetime=100))

    assert key.expires_at == key.created_at + 100
    assert key == await find(database, now=key.expires_at - 1)
    assert await find(database, now=key.expires_at) is None


async def test_a_revoked_key_is_not_found(database: UnitOfWorkFactory) -> None:
    key = await add(database)

    revoked = await revoke(database, key.id)

    assert await find(database) is None
    assert revoked.revoked_at is not None
    assert abs(revoked.revoked_at - time.time()) < 10
    assert key == replace(revoked, revoked_at=None)


async def test_other_keys_are_found_after_a_revocation(database: UnitOfWorkFactory) -> None:
    first, second = await add(database), await add(database, digest=OTHER_DIGEST)

    await revoke(database, first.id)

    assert second == await find(database, OTHER_DIGEST)


async def test_a_key_that_is_revoked_again_keeps_its_time(database: UnitOfWorkFactory) -> None:
    key = await add(database)
    first = await revoke(database, key.id)
    if isinstance(database, FakeDatabase):
        database.clock = lambda: time.time() + 5

    assert first == await revoke(database, key.id)


@pytest.mark.parametrize("key_id", [0, -1, 2, 2**63 - 1, 2**63, -(2**63) - 1, 10**30])
async def test_no_other_id_is_revoked(database: UnitOfWorkFactory, key_id: int) -> None:
    key = await add(database)

    async with database.writing() as uow:
        with pytest.raises(ApiKeyNotFound, match=f"^no API key has the id {key_id}$"):
            await uow.api_keys.revoke(key_id)

    assert key == await find(database)


async def test_all_keys_are_listed_by_id(database: UnitOfWorkFactory) -> None:
    valid = await add(database)
    expired = await add(database, replace(DRAFT, lifetime=1), OTHER_DIGEST)
    revoked = await revoke(database, (await add(database, digest=bytes(32))).id)

    async with database.reading() as uow:
        assert [valid, expired, revoked] == await uow.api_keys.all()
    assert valid.id < expired.id < revoked.id


async def test_what_is_not_committed_is_not_stored(database: UnitOfWorkFactory) -> None:
    before = await read_change_mark(database)
    async with database.writing() as uow:
        await uow.api_keys.add(DRAFT, DIGEST)

    assert await find(database) is None
    assert before == await read_change_mark(database)


async def test_two_keys_never_have_one_digest(database: UnitOfWorkFactory) -> None:
    await add(database)

    with pytest.raises(StoreConflict):
        await add(database)


async def test_each_change_to_the_keys_has_its_own_mark(database: UnitOfWorkFactory) -> None:
    marks = [await read_change_mark(database)]
    key = await add(database)
    marks.append(await read_change_mark(database))
    await add(database, digest=OTHER_DIGEST)
    marks.append(await read_change_mark(database))
    await revoke(database, key.id)
    marks.append(await read_change_mark(database))
    await revoke(database, key.id)
    marks.append(await read_change_mark(database))

    assert 5 == len(set(marks))


async def test_a_database_that_went_back_does_not_get_a_mark_again(
    database: UnitOfWorkFactory,
) -> None:
    async with database.writing() as uow:  # ends without a commit: the key is lost
        await uow.api_keys.add(DRAFT, DIGEST)
        lost = await uow.api_keys.read_change_mark()

    await add(database)

    assert lost != await read_change_mark(database)


async def test_other_writes_do_not_change_the_mark(database: UnitOfWorkFactory) -> None:
    await add(database)
    before = await read_change_mark(database)

    async with database.writing() as uow:
        with pytest.raises(ApiKeyNotFound):
            await uow.api_keys.revoke(99)
        await uow.idempotency.prune(0, 1)
        await uow.commit()

    assert before == await read_change_mark(database)
