"""Late requests on PostgreSQL: what they have changed and locked, and what they leave."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from service_layer.unit_of_work import UnitOfWorkFactory
from tests.faults.observer import Observer, observing
from tests.integration.postgres.slowness import slow_commits, slow_reads, slow_updates
from tests.integration.request_timeout.limited import (
    OUTCOME_UNKNOWN,
    RETRY,
    ROLLED_BACK,
    TIMEOUT,
    ages,
    client_of,
    create,
    late,
)
from tests.integration.without_timeouts import LONG, fast_postgres, plain_postgres

OLDER = {"age": 29}
HOLD_SECOND = "SELECT FROM hero WHERE id = 2 FOR UPDATE"


@pytest.fixture(params=[fast_postgres, plain_postgres])
async def database(
    request: pytest.FixtureRequest, postgres_url: str
) -> AsyncIterator[UnitOfWorkFactory]:
    async with request.param(postgres_url) as database:
        yield database


@pytest.fixture
async def client(database: UnitOfWorkFactory) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of an application with two heroes."""
    async with client_of(database) as client:
        await create(client, 2)
        yield client


@pytest.fixture
async def observer(postgres_url: str) -> AsyncIterator[Observer]:
    async with observing(postgres_url) as observer:
        yield observer


async def test_a_write_that_waits_for_a_row_changes_nothing(
    client: httpx2.AsyncClient, observer: Observer
) -> None:
    async with observer.holding(HOLD_SECOND):
        detail = await late(client.patch("/heroes/2", json=OLDER))
        waiting = await observer.waiting_for_locks()
    unchanged = await ages(client)
    updated = await client.patch("/heroes/2", json=OLDER)

    assert ROLLED_BACK == detail
    assert 0 == waiting
    assert [28, 28] == unchanged
    assert (200, 29) == (updated.status_code, updated.json()["age"])


async def test_a_batch_that_waits_for_a_row_releases_the_others(
    client: httpx2.AsyncClient, observer: Observer
) -> None:
    batch = {"update": [{"id": id_, "changes": OLDER} for id_ in (1, 2)]}

    async with observer.holding(HOLD_SECOND):
        detail = await late(client.post("/heroes/batch", json=batch))
        updated = await client.patch("/heroes/1", json={"age": 30})

    assert ROLLED_BACK == detail
    assert 200 == updated.status_code
    assert [30, 28] == await ages(client)


async def test_the_statements_of_a_batch_have_one_timeout_together(
    client: httpx2.AsyncClient, observer: Observer
) -> None:
    await create(client, 8)
    batch = {"update": [{"id": id_, "changes": OLDER} for id_ in range(1, 11)]}

    async with slow_updates(observer, TIMEOUT / 3):
        detail = await late(client.post("/heroes/batch", json=batch))

    assert ROLLED_BACK == detail
    assert [28] * 10 == await ages(client)


async def test_the_outcome_of_a_write_that_is_late_in_its_commit_is_unknown(
    client: httpx2.AsyncClient, observer: Observer
) -> None:
    async with slow_commits(observer, LONG):
        detail = await late(client.patch("/heroes/1", json=OLDER))
        running = await observer.sleeping()
    updated = await client.patch("/heroes/1", json=OLDER)

    assert OUTCOME_UNKNOWN == detail
    assert 0 == running
    assert 200 == updated.status_code


@pytest.mark.parametrize(
    "target", ["/heroes/1", "/heroes/", "/heroes/?name__contains=pond", "/heroes/?offset=1"]
)
async def test_a_slow_read_stops(
    client: httpx2.AsyncClient, observer: Observer, target: str
) -> None:
    async with slow_reads(observer, LONG):
        detail = await late(client.get(target))
        running = await observer.sleeping()

    assert RETRY == detail
    assert 0 == running
    assert [28, 28] == await ages(client)


async def test_the_key_of_a_write_that_was_rolled_back_can_be_used_again(
    client: httpx2.AsyncClient, observer: Observer
) -> None:
    async def post() -> httpx2.Response:
        body = {"name": "Spider-Boy", "secret_name": "Pedro Parqueador", "age": 16}
        return await client.post("/heroes/", json=body, headers={"Idempotency-Key": "a-key"})

    async with observer.holding("LOCK TABLE hero IN EXCLUSIVE MODE"):
        detail = await late(post())
    response = await post()

    assert ROLLED_BACK == detail
    assert 200 == response.status_code
    assert "Idempotency-Replayed" not in response.headers
    assert [28, 28, 16] == await ages(client)
