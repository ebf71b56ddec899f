"""What every adopted table must allow, whatever is in it."""

import os
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import httpx2

from entrypoints.api.app import build_app
from service_layer.database import Database

EXAMPLES = int(os.environ.get("TEST_TABLES", "25"))
"""Number of random tables of each database. ``make hostile-tables`` tries more."""

SORTS = ("id", "-id", "name", "-name", "age", "-age", "-age,name", "name,-age")
HERO = {"name": "N", "secret_name": "S", "age": 28}
BATCH = {"create": [HERO], "update": [{"id": 1, "changes": {"age": 5}}], "delete": [{"id": 2}]}
FILTERS: Sequence[dict[str, str]] = (
    *({"name__startswith": "T"}, {"name__contains": "Secret"}, {"name": "TopSecret"}),
    *({"age__gte": "0"}, {"age__isnull": "true"}, {"age": "28"}),
)
EXACT = {"Prefer": "count=exact"}


async def check_served(database: Database, number_of_rows: Callable[[], int]) -> None:
    """Check that an application on the database allows all reads and writes, then close it."""
    await database.aopen()
    transport = httpx2.ASGITransport(build_app(database), raise_app_exceptions=False)
    try:
        async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
            heroes = await check_reads(client, number_of_rows())
            await check_writes(client, heroes)
            await check_reads(client, number_of_rows())
    finally:
        await database.aclose()


async def check_reads(client: httpx2.AsyncClient, number: int) -> Sequence[Any]:
    """Check that the table's rows are listed, walked, counted and read. Return the heroes."""
    listed = (await get(client, "/heroes/", limit="100")).json()
    assert number == len(listed)
    for sort in SORTS:
        whole = (await get(client, "/heroes/", sort=sort)).json()
        assert sorted(whole, key=by_id) == sorted(listed, key=by_id)
        assert whole == [hero async for hero in walk(client, sort)], sort
    for hero in listed:
        assert hero == (await get(client, f"/heroes/{hero['id']}")).json()
    for filters in FILTERS:
        found = await get(client, "/heroes/", **filters)
        assert str(len(found.json())) == found.headers["X-Total-Count"], filters
        walked = [hero async for hero in walk(client, "-age", **filters)]
        assert sorted(found.json(), key=by_id) == sorted(walked, key=by_id), filters
    return list(listed)


async def check_writes(client: httpx2.AsyncClient, heroes: Sequence[Any]) -> None:
    """Check that each write succeeds, or is refused with a reason."""
    assert_status(await client.post("/heroes/", json=HERO), 200, 409)
    keyed = await client.post("/heroes/", json=HERO, headers={"Idempotency-Key": "8e03978e"})
    assert_status(keyed, 200, 409)
    for hero in heroes:
        path = f"/heroes/{hero['id']}"
        for changes in ({"age": 5}, {"name": "N2"}, {"secret_name": "S2", "age": None}):
            assert_status(await client.patch(path, json=changes), 200, 409)
    assert_status(await client.post("/heroes/batch", json=BATCH), 200, 404, 409)
    for hero in heroes[:2]:
        assert_status(await client.delete(f"/heroes/{hero['id']}"), 200, 404, 409)


async def walk(client: httpx2.AsyncClient, sort: str, **filters: str) -> AsyncIterator[Any]:
    """Yield the heroes of all pages of two, by their links."""
    page = await get(client, "/heroes/", sort=sort, limit="2", **filters)
    while True:
        for hero in page.json():
            yield hero
        if "next" not in page.links:
            return
        page = await client.get(page.url.join(page.links["next"]["url"]))
        assert_status(page, 200)


async def get(client: httpx2.AsyncClient, url: str, **params: str) -> httpx2.Response:
    response = await client.get(url, params=params, headers=EXACT)
    assert_status(response, 200)
    return response


def assert_status(response: httpx2.Response, *statuses: int) -> None:
    assert response.status_code in statuses, (response.request.url, response.text)


def by_id(hero: Any) -> int:
    return int(hero["id"])
