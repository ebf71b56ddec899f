"""Concurrent batches do not deadlock and lose no update."""

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx2
import pytest

from tests.e2e.wire.contract import new_hero
from tests.support.served import Served

RACERS = 8


@pytest.fixture
def hero_ids(client: httpx2.Client) -> list[int]:
    """The ids of 20 new heroes, all at version 1."""
    return [new_hero(client) for _ in range(20)]


async def send_concurrently(server: Served, batches: Sequence[Any]) -> list[httpx2.Response]:
    async with httpx2.AsyncClient(base_url=server.url, timeout=10) as racers:
        return await asyncio.gather(
            *(racers.post("/heroes/batch", json=batch) for batch in batches)
        )


def tags(client: httpx2.Client, hero_ids: Sequence[int]) -> set[str]:
    """Return the distinct entity tags of these heroes."""
    return {client.get(f"/heroes/{hero_id}").headers["etag"] for hero_id in hero_ids}


async def test_batches_on_the_same_heroes_in_opposite_orders_all_succeed(
    server: Served, client: httpx2.Client, hero_ids: list[int]
) -> None:
    orders = [hero_ids if number % 2 else hero_ids[::-1] for number in range(RACERS)]
    responses = await send_concurrently(
        server,
        [
            {"update": [{"id": hero_id, "changes": {"age": age}} for hero_id in order]}
            for age, order in enumerate(orders)
        ],
    )

    assert [200] * RACERS == [response.status_code for response in responses]
    assert {f'"{1 + RACERS}"'} == tags(client, hero_ids)


async def test_one_of_several_concurrent_batches_on_the_same_versions_succeeds(
    server: Served, client: httpx2.Client, hero_ids: list[int]
) -> None:
    updates = [{"id": one, "etag": '"1"', "changes": {"age": 29}} for one in hero_ids]
    responses = await send_concurrently(server, [{"update": updates}] * RACERS)

    refusals = [response.json() for response in responses if response.status_code == 412]
    assert [200] + [412] * (RACERS - 1) == sorted(response.status_code for response in responses)
    assert {"/update/0"} == {refusal["errors"][0]["pointer"] for refusal in refusals}
    assert {'"2"'} == tags(client, hero_ids)
