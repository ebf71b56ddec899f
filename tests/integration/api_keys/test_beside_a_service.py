"""Keys are created and revoked while a service uses the database, also in another process."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from adapters.database import open_database, open_plain_database
from domain.api_key_format import digest_key
from entrypoints.api.scopes import SCOPES
from service_layer.api_key_authentication import CHECK_INTERVAL, ApiKeyAuthenticator
from service_layer.database import Database
from tests.fakes.clock import Clock
from tests.integration.api_keys.commands import Keys, authenticate, open_beside
from tests.support.served import Served, fresh_postgres, invoke, serve

WRITERS = 8
HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}


@contextmanager
def writing(served: Served) -> Iterator[None]:
    """Let clients write without pause during the block, and check that each write succeeds."""
    is_over = threading.Event()

    def write() -> set[int]:
        statuses = set()
        with httpx2.Client(base_url=served.url, timeout=30) as client:
            while not is_over.is_set():
                statuses.add(client.post("/heroes/", json=HERO).status_code)
        return statuses

    with ThreadPoolExecutor(WRITERS) as threads:
        results = [threads.submit(write) for _ in range(WRITERS)]
        try:
            yield
        finally:
            is_over.set()
    assert {200} == set.union(*(result.result() for result in results))


@pytest.mark.parametrize("session", ["fast", "plain"])
def test_keys_are_created_and_revoked_beside_writers(tmp_path: Path, session: str) -> None:
    keys = Keys(tmp_path / "heroes.db")

    with serve(keys.path, session=session) as served:
        with writing(served):
            created = [keys.create() for _ in range(3)]
            keys.revoke(2)
        assert [True, False, True] == [authenticate(keys, key) is not None for key in created]
        assert 0 == served.terminate()

    for key in created:
        assert key not in served.output()
        assert digest_key(key).hex() not in served.output()
    assert "WARNING" not in served.output()


def test_the_record_beside_the_file_remains_that_of_the_service(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "heroes.db")
    record = tmp_path / "heroes.db.serving"

    with serve(keys.path) as served:
        assert [] == httpx2.get(f"{served.url}/heroes/").json()
        recorded = record.read_text()
        assert f"process {served.process.pid}\n" in recorded
        keys.create()
        keys.revoke(1)

        assert recorded == record.read_text()

    assert ["heroes.db", "heroes.log"] == sorted(path.name for path in tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["fast", "plain"])
async def test_a_file_notices_at_once_what_another_process_revokes(
    tmp_path: Path, kind: str
) -> None:
    keys = Keys(tmp_path / "heroes.db")
    invoke(keys.path, "migrate")
    url = f"sqlite:///{keys.path}"
    database: Database = open_beside(keys.path) if kind == "fast" else open_plain_database(url)
    authenticator = ApiKeyAuthenticator(database, SCOPES, check_interval=1_000)
    first, second = [await asyncio.to_thread(keys.create) for _ in range(2)]
    assert await authenticator.authenticate(first) is not None
    assert await authenticator.authenticate(second) is not None

    await asyncio.to_thread(keys.revoke, 1)
    assert await authenticator.authenticate(first) is None
    assert await authenticator.authenticate(second) is not None
    third = await asyncio.to_thread(keys.create)
    assert await authenticator.authenticate(third) is not None

    await database.aclose()


@pytest.mark.parametrize("opening", [open_database, open_plain_database])
async def test_each_worker_on_a_server_notices_a_revocation_within_the_check_interval(
    tmp_path: Path, postgres_url: str, opening: object
) -> None:
    assert callable(opening)
    with fresh_postgres(postgres_url) as url:
        keys = Keys(tmp_path / "heroes.db", database_url=url)
        await asyncio.to_thread(invoke, keys.path, "migrate", database_url=url)
        clocks = [Clock(), Clock()]
        databases = [opening(url) for _ in clocks]
        workers = [
            ApiKeyAuthenticator(database, SCOPES, monotonic=clock)
            for database, clock in zip(databases, clocks, strict=True)
        ]
        key = await asyncio.to_thread(keys.create)
        for worker in workers:
            assert await worker.authenticate(key) is not None

        await asyncio.to_thread(keys.revoke, 1)
        clocks[0].now = CHECK_INTERVAL
        assert await workers[0].authenticate(key) is None
        assert await workers[1].authenticate(key) is not None
        clocks[1].now = CHECK_INTERVAL
        assert await workers[1].authenticate(key) is None

        other = await asyncio.to_thread(keys.create)
        for worker in workers:
            assert await worker.authenticate(other) is not None
        for database in databases:
            await database.aclose()
