"""The cache of API keys, on the fake as a file and as a server."""

import asyncio
from collections.abc import Sequence

import pytest

from domain.api_key import ApiKey
from domain.api_key_format import generate_key
from domain.principal import Principal
from service_layer import api_key_authentication
from service_layer.api_key_authentication import ApiKeyAuthenticator
from service_layer.api_keys import CreatedKey, create_key, revoke_key
from service_layer.authorization import ScopeNames
from service_layer.errors import StoreUnavailable
from tests.fakes.api_keys import FakeApiKeyStore
from tests.fakes.clock import Clock
from tests.fakes.database import FakeDatabase, FakeReadOnlyUnitOfWork

NOW = 1_000_000
CHECK_INTERVAL = 10.0

SCOPES = ScopeNames(read="a:read", write="a:write")
PRINCIPAL = Principal("key:1", frozenset({"a:read"}))


class File(FakeDatabase):
    """A database file, which counts how often it is read."""

    def __init__(self) -> None:
        super().__init__(Clock(NOW))
        self.reads = 0

    def reading_primary(self) -> FakeReadOnlyUnitOfWork:
        self.reads += 1
        return super().reading_primary()


class LockedFile(File):
    """A file whose version cannot be read."""

    def data_version(self) -> None:
        return None


class Server(LockedFile):
    """A database server, which counts how often it is read."""

    is_embedded = False


class SlowFile(File):
    """A file in which a lookup ends when ``may_end`` is set, after it has read the key."""

    def __init__(self) -> None:
        super().__init__()
        self.may_end = asyncio.Event()
        self.has_read = asyncio.Event()

    def reading_primary(self) -> FakeReadOnlyUnitOfWork:
        return SlowUnitOfWork(self)


class SlowUnitOfWork(FakeReadOnlyUnitOfWork):
    def __init__(self, file: SlowFile) -> None:
        super().__init__(file)
        self._file = file

    @property
    def api_keys(self) -> "SlowStore":
        return SlowStore(self._file, super().api_keys)


class SlowStore(FakeApiKeyStore):
    def __init__(self, file: SlowFile, store: FakeApiKeyStore) -> None:
        self._file = file
        self._store = store

    async def find(self, digest: bytes, now: int) -> ApiKey | None:
        key = await self._store.find(digest, now)
        self._file.has_read.set()
        await self._file.may_end.wait()
        return key

    async def read_change_mark(self) -> object:
        return await self._store.read_change_mark()


class UnavailableFile(File):
    def data_version(self) -> int:
        raise StoreUnavailable("the disk is gone")


async def create(
    database: FakeDatabase, lifetime: int | None = None, scopes: Sequence[str] = ("a:read",)
) -> CreatedKey:
    async with database.writing() as uow:
        return await create_key(uow, name="deploy", scopes=scopes, lifetime=lifetime)


async def revoke(database: FakeDatabase, key: CreatedKey) -> None:
    async with database.writing() as uow:
        await revoke_key(uow, key.stored.id)


async def write_something_else(database: FakeDatabase) -> None:
    async with database.writing() as uow:
        await uow.idempotency.prune(0, 1)
        await uow.commit()


def make_authenticator(database: File) -> tuple[ApiKeyAuthenticator, Clock, Clock]:
    """Return an authenticator with clocks: Unix time, and monotonic time."""
    clock, monotonic = Clock(NOW), Clock()
    made = ApiKeyAuthenticator(
        database, SCOPES, check_interval=CHECK_INTERVAL, clock=clock, monotonic=monotonic
    )
    return made, clock, monotonic


@pytest.mark.parametrize("kind", [File, LockedFile, Server])
async def test_a_valid_key_has_a_principal(kind: type[File]) -> None:
    database = kind()
    authenticator, _, _ = make_authenticator(database)
    key = await create(database)

    assert [PRINCIPAL, PRINCIPAL] == [await authenticator.authenticate(key.text) for _ in "12"]


@pytest.mark.parametrize("kind", [File, LockedFile, Server])
@pytest.mark.parametrize("wrong", ["", "hrs_", "é", "\ud800", "\0", "x" * 1_000_000])
async def test_a_wrong_key_has_none(kind: type[File], wrong: str) -> None:
    database = kind()
    authenticator, _, _ = make_authenticator(database)
    key = await create(database)

    for text in (wrong, key.text + wrong + "0", key.text[:-1] + wrong, generate_key()):
        assert await authenticator.authenticate(text) is None


async def test_scopes_that_the_service_does_not_know_are_ignored() -> None:
    database = File()
    authenticator, _, _ = make_authenticator(database)
    key = await create(database, scopes=["a:read", "a:readable", "other"])

    assert PRINCIPAL == await authenticator.authenticate(key.text)


async def test_a_known_key_is_not_looked_up_again() -> None:
    database = File()
    authenticator, _, _ = make_authenticator(database)
    key = await create(database)
    await authenticator.authenticate(key.text)
    before = database.reads

    for _ in range(10):
        await authenticator.authenticate(key.text)

    assert before == database.reads


@pytest.mark.parametrize("kind", [File, LockedFile])
async def test_in_a_file_a_revoked_key_is_invalid_at_once(kind: type[File]) -> None:
    database = kind()
    authenticator, _, _ = make_authenticator(database)
    revoked, other = await create(database), await create(database)
    for key in (revoked, other):
        await authenticator.authenticate(key.text)

    await revoke(database, revoked)

    assert await authenticator.authenticate(revoked.text) is None
    assert await authenticator.authenticate(other.text) is not None


async def test_on_a_server_a_revoked_key_is_invalid_within_the_maximum_age() -> None:
    database = Server()
    authenticator, _, monotonic = make_authenticator(database)
    key = await create(database)
    await authenticator.authenticate(key.text)
    await revoke(database, key)

    monotonic.now = CHECK_INTERVAL - 0.1
    assert PRINCIPAL == await authenticator.authenticate(key.text)
    monotonic.now = CHECK_INTERVAL
    assert await authenticator.authenticate(key.text) is None


async def test_on_a_server_a_use_does_not_extend_the_age() -> None:
    database = Server()
    authenticator, _, monotonic = make_authenticator(database)
    key = await create(database)
    await authenticator.authenticate(key.text)
    await revoke(database, key)

    for second in range(10):
        monotonic.now = second
        assert PRINCIPAL == await authenticator.authenticate(key.text)
    monotonic.now = CHECK_INTERVAL
    assert await authenticator.authenticate(key.text) is None


@pytest.mark.parametrize("kind", [File, LockedFile, Server])
async def test_a_new_key_is_valid_at_once(kind: type[File]) -> None:
    database = kind()
    authenticator, _, _ = make_authenticator(database)
    await authenticator.authenticate((await create(database)).text)

    key = await create(database)

    assert await authenticator.authenticate(key.text) is not None


async def test_another_write_costs_one_read_and_keeps_the_cache() -> None:
    database = File()
    authenticator, _, _ = make_authenticator(database)
    key = await create(database)
    await authenticator.authenticate(key.text)
    before = database.reads

    await write_something_else(database)
    for _ in range(10):
        await authenticator.authenticate(key.text)

    assert before + 1 == database.reads


async def test_on_a_server_the_mark_is_read_once_in_the_maximum_age() -> None:
    database = Server()
    authenticator, _, monotonic = make_authenticator(database)
    key = await create(database)
    await authenticator.authenticate(key.text)
    before = database.reads

    for second in range(100):
        monotonic.now = second
        await authenticator.authenticate(key.text)

    assert before + 9 == database.reads


@pytest.mark.parametrize("kind", [File, Server])
async def test_a_known_key_expires(kind: type[File]) -> None:
    database = kind()
    authenticator, clock, _ = make_authenticator(database)
    key = await create(database, lifetime=60)

    clock.now = NOW + 59.9
    assert PRINCIPAL == await authenticator.authenticate(key.text)
    clock.now = NOW + 60
    assert await authenticator.authenticate(key.text) is None


async def test_an_unknown_revoked_or_expired_key_takes_one_lookup_each_time() -> None:
    database = File()
    authenticator, clock, _ = make_authenticator(database)
    expired, revoked = await create(database, lifetime=60), await create(database)
    for key in (expired, revoked):
        await authenticator.authenticate(key.text)
    await revoke(database, revoked)
    clock.now = NOW + 60
    assert await authenticator.authenticate(generate_key()) is None

    for text in (expired.text, revoked.text, generate_key(), "hrs_wrong", "", expired.text + "0"):
        for _ in range(2):
            before = database.reads
            assert await authenticator.authenticate(text) is None
            assert before + 1 == database.reads


async def test_wrong_keys_do_not_displace_valid_ones() -> None:
    database = File()
    authenticator, _, _ = make_authenticator(database)
    key = await create(database)
    await authenticator.authenticate(key.text)
    for _ in range(api_key_authentication.MAX_CACHED_KEYS + 1):
        await authenticator.authenticate(generate_key())
    before = database.reads

    assert PRINCIPAL == await authenticator.authenticate(key.text)

    assert before == database.reads


async def test_the_cache_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_key_authentication, "MAX_CACHED_KEYS", 3)
    database = File()
    authenticator, _, _ = make_authenticator(database)
    keys = [await create(database) for _ in range(4)]
    for key in keys:
        await authenticator.authenticate(key.text)
    before = database.reads

    for key in keys[1:]:
        assert await authenticator.authenticate(key.text) is not None
    assert before == database.reads
    assert await authenticator.authenticate(keys[0].text) is not None
    assert before + 1 == database.reads


async def test_a_lookup_that_a_revocation_overtakes_is_not_cached() -> None:
    database = SlowFile()
    authenticator, _, _ = make_authenticator(database)
    key = await create(database)
    lookup = asyncio.create_task(authenticator.authenticate(key.text))
    await database.has_read.wait()

    await revoke(database, key)
    other = asyncio.create_task(authenticator.authenticate(generate_key()))
    database.has_read.clear()
    await database.has_read.wait()
    database.may_end.set()

    assert PRINCIPAL == await lookup  # it was valid when its request arrived
    assert await other is None
    assert await authenticator.authenticate(key.text) is None


@pytest.mark.parametrize("is_read_between", [True, False])
async def test_a_key_is_invalid_after_its_database_went_back(*, is_read_between: bool) -> None:
    database = Server()
    authenticator, _, monotonic = make_authenticator(database)
    older = await create(database)
    assert await authenticator.authenticate(older.text) is not None
    older_state = database.committed
    lost = await create(database)
    monotonic.now += CHECK_INTERVAL * is_read_between
    assert await authenticator.authenticate(lost.text) is not None

    database.committed = older_state  # as a standby that lags behind, or a restored backup
    if is_read_between:
        await revoke(database, older)
    monotonic.now += CHECK_INTERVAL

    assert await authenticator.authenticate(lost.text) is None
    assert is_read_between == (await authenticator.authenticate(older.text) is None)


@pytest.mark.parametrize("mark", ["x", b"\0", 1.5, -(2**63), 0])
async def test_a_mark_may_be_any_value(mark: object) -> None:
    database = Server()
    authenticator, _, monotonic = make_authenticator(database)
    key = await create(database)
    await authenticator.authenticate(key.text)
    await revoke(database, key)
    database.committed.api_keys.mark = mark
    monotonic.now = CHECK_INTERVAL

    assert await authenticator.authenticate(key.text) is None


async def test_an_unavailable_database_does_not_authenticate() -> None:
    database = UnavailableFile()
    authenticator, _, _ = make_authenticator(database)
    key = await create(database)

    with pytest.raises(StoreUnavailable):
        await authenticator.authenticate(key.text)
