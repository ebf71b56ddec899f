"""The connection breaks before COMMIT reaches the server, or before its response is received."""

import httpx2
import pytest

from tests.faults.conftest import Serving
from tests.faults.observer import observing
from tests.faults.pool import assert_pool_is_complete
from tests.faults.proxy import Cut, proxied
from tests.integration.writers import Row
from tests.support.postgres import PostgresServer

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 30}
SECOND = {"name": "Rusty-Man", "secret_name": "Tommy Sharp", "age": 48}

FIRST_ROW: Row = ("Deadpond", "Dive Wilson", 30, 1)
SECOND_ROW: Row = ("Rusty-Man", "Tommy Sharp", 48, 1)
OLDER_ROW: Row = ("Deadpond", "Dive Wilson", 31, 2)

WRITES = {
    "POST": ("POST", "/heroes/", SECOND, [FIRST_ROW, SECOND_ROW]),
    "PATCH": ("PATCH", "/heroes/1", {"age": 31}, [OLDER_ROW]),
    "DELETE": ("DELETE", "/heroes/1", None, []),
}


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("cut", [Cut.BEFORE_COMMIT, Cut.AFTER_COMMIT], ids=lambda cut: cut.name)
async def test_a_write_whose_commit_is_cut_gets_503_and_is_executed_at_most_once(
    server: PostgresServer, url: str, serving: Serving, cut: Cut, write: str
) -> None:
    method, path, body, executed = WRITES[write]
    async with proxied(url, server.port) as (proxy, through), serving(through) as (_, client):
        await client.post("/heroes/", json=HERO)

        proxy.cut = cut
        response = await client.request(method, path, json=body)
        proxy.cut = Cut.NEVER

        assert 1 == proxy.cuts
        assert 503 == response.status_code
        assert "1" == response.headers["Retry-After"]
        assert (executed if cut is Cut.AFTER_COMMIT else [FIRST_ROW]) == await rows(url)
        await assert_works_on(url, client)


async def rows(url: str) -> list[Row]:
    """Return the stored rows, ordered by id."""
    async with observing(url) as observer:
        return [row for _, row in sorted((await observer.stored()).items())]


async def assert_works_on(url: str, client: httpx2.AsyncClient) -> None:
    """Check that the service can write, on all of its connections."""
    assert 200 == (await client.post("/heroes/", json=HERO)).status_code
    await assert_pool_is_complete(url, client)
