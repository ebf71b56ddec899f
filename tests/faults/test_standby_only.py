"""Every server that can be reached is a standby: nothing can be written, and no answer is a 500."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.faults.conftest import Serving
from tests.faults.waiting import seconds_until
from tests.support.postgres import PostgresServer, stopping

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}


@pytest.fixture
def standby(server: PostgresServer) -> Iterator[PostgresServer]:
    """A standby of the module's server, not started yet."""
    standby = server.standby()
    with stopping(standby):
        yield standby


async def test_a_service_sent_to_a_standby_refuses_writes_until_it_is_promoted(
    standby: PostgresServer, serving: Serving
) -> None:
    await promoted_under_a_service(standby, serving, standby.url())


async def test_a_service_that_looks_for_a_primary_and_finds_none_refuses_until_there_is_one(
    standby: PostgresServer, serving: Serving
) -> None:
    primary_wanted = f"{standby.url()}?target_session_attrs=read-write"
    await promoted_under_a_service(standby, serving, primary_wanted)


async def promoted_under_a_service(standby: PostgresServer, serving: Serving, url: str) -> None:
    """Check that the service refuses writes, and takes them after the promotion.

    It comes up before the standby does, so that it comes up in any case.
    """
    async with serving(url) as (_, client):

        async def takes_a_write() -> bool:
            return 200 == (await client.post("/heroes/", json=HERO)).status_code

        await asyncio.to_thread(standby.start)
        refused = await client.post("/heroes/", json=HERO)
        await asyncio.to_thread(standby.promote)
        assert 503 == refused.status_code
        await seconds_until(takes_a_write, limit=5)
