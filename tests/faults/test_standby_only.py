"""Only standbys are reachable: writes get 503, never 500."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.faults.conftest import Serving
from tests.faults.polling import seconds_until
from tests.support.postgres import PostgresServer, stopping

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}


@pytest.fixture
def standby(server: PostgresServer) -> Iterator[PostgresServer]:
    """A standby of the module's server, not started."""
    standby = server.standby()
    with stopping(standby):
        yield standby


async def test_a_service_on_a_standby_refuses_writes_until_it_is_promoted(
    standby: PostgresServer, serving: Serving
) -> None:
    await assert_writes_after_promotion(standby, serving, standby.url())


async def test_a_service_that_finds_no_primary_refuses_writes_until_there_is_one(
    standby: PostgresServer, serving: Serving
) -> None:
    primary_wanted = f"{standby.url()}?target_session_attrs=read-write"
    await assert_writes_after_promotion(standby, serving, primary_wanted)


async def assert_writes_after_promotion(
    standby: PostgresServer, serving: Serving, url: str
) -> None:
    """Check that the service refuses writes until the promotion.

    It starts before the standby, so that it starts in any case.
    """
    async with serving(url) as (_, client):

        async def accepts_a_write() -> bool:
            return 200 == (await client.post("/heroes/", json=HERO)).status_code

        await asyncio.to_thread(standby.start)
        refused = await client.post("/heroes/", json=HERO)
        await asyncio.to_thread(standby.promote)
        assert 503 == refused.status_code
        await seconds_until(accepts_a_write, limit=5)
