"""Members that a client includes in lists and in the response to a batch, on the fake database."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from domain.hero import Hero
from entrypoints.api.app import build_app
from tests.fakes.database import FakeDatabase

HEROES = {number: Hero(number, f"Hero {number}", "x", 28, version=number) for number in (1, 2, 3)}
NEW = {"name": "Spider-Boy", "secret_name": "Pedro Parqueador"}


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a service with three heroes, each of another version."""
    database = FakeDatabase()
    database.committed.tables[Hero].rows |= HEROES
    database.committed.tables[Hero].last_id = 3
    transport = httpx2.ASGITransport(build_app(database))
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        yield client


def etags(heroes: list[dict[str, Any]]) -> list[str | None]:
    return [hero.get("etag") for hero in heroes]


@pytest.mark.parametrize("value", ["etag", "etag,etag"])
async def test_a_list_has_the_entity_tag_of_each_hero_on_request(
    client: httpx2.AsyncClient, value: str
) -> None:
    response = await client.get("/heroes/", params={"include": value})

    first, second, third = response.json()
    own = [(await client.get(f"/heroes/{number}")).headers["ETag"] for number in HEROES]
    assert own == etags([first, second, third])
    assert {"name": "Hero 1", "secret_name": "x", "age": 28, "id": 1, "etag": '"1"'} == first


async def test_a_response_has_no_entity_tags_without_a_request(client: httpx2.AsyncClient) -> None:
    batch = {"create": [NEW], "update": [{"id": 1, "changes": {}}]}
    listed = await client.get("/heroes/?sort=id")
    changed = await client.post("/heroes/batch", json=batch)

    heroes = [*listed.json(), *changed.json()["created"], *changed.json()["updated"]]
    assert [None] * 5 == etags(heroes)


async def test_the_tags_of_a_list_serve_as_those_of_a_batch(client: httpx2.AsyncClient) -> None:
    listed = (await client.get("/heroes/?include=etag")).json()
    updates = [{"id": each["id"], "etag": each["etag"], "changes": {"age": 1}} for each in listed]
    batch = {"create": [NEW], "update": updates}

    done = (await client.post("/heroes/batch?include=etag", json=batch)).json()
    again = await client.post("/heroes/batch?include=etag", json=batch)

    assert ['"1"'] == etags(done["created"])
    assert ['"2"', '"3"', '"4"'] == etags(done["updated"])
    assert 412 == again.status_code


async def test_the_next_page_includes_the_same(client: httpx2.AsyncClient) -> None:
    page = await client.get("/heroes/?include=etag&limit=2")
    following = await client.get(page.url.join(page.links["next"]["url"]))

    assert [['"1"', '"2"'], ['"3"']] == [etags(page.json()), etags(following.json())]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("include=", "unknown_member"),
        ("include=version", "unknown_member"),
        ("include=etag,secret", "unknown_member"),
        ("include=etag,", "unknown_member"),
        ("include=ETag", "unknown_member"),
        ("include=etag&include=etag", "repeated"),
    ],
)
async def test_another_member_is_refused(client: httpx2.AsyncClient, query: str, code: str) -> None:
    responses = [
        await client.get(f"/heroes/?{query}"),
        await client.post(f"/heroes/batch?{query}", json={"delete": [{"id": 1}]}),
    ]

    for response in responses:
        (error,) = response.json()["detail"]
        assert (422, code) == (response.status_code, error["type"])
        assert ["query", "include"] == error["loc"]
    assert 200 == (await client.get("/heroes/1")).status_code


async def test_a_key_identifies_a_batch_with_the_members_that_it_includes(
    client: httpx2.AsyncClient,
) -> None:
    key = {"Idempotency-Key": "1"}
    responses = [
        await client.post(f"/heroes/batch{query}", json={"create": [NEW]}, headers=key)
        for query in ("?include=etag", "?include=etag,etag", "?include=etag&x=1", "")
    ]

    assert [200, 200, 200, 422] == [response.status_code for response in responses]
    assert responses[0].content == responses[1].content == responses[2].content
    assert ['"1"'] == etags(responses[0].json()["created"])
