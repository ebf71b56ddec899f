"""The routes of a resource that is not of the service, on the in-memory database."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from tests.fakes.database import FakeDatabase
from tests.unit.http.resources.lighthouses import Lighthouse, Lighthouses, build_app, resource

NEW = {"keeper": "Ada", "height": 30}
KEY = {"Idempotency-Key": "1"}


@pytest.fixture
def lighthouses() -> Lighthouses:
    """Three lighthouses, of different versions."""
    return Lighthouses(
        {number: Lighthouse(number, "Ada", 10 * number, number) for number in (1, 2, 3)}
    )


@pytest.fixture
def database() -> FakeDatabase:
    return FakeDatabase()


@pytest.fixture
async def client(
    database: FakeDatabase, lighthouses: Lighthouses
) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(build_app(database, lighthouses))
    base = "http://any/lighthouses/"
    async with httpx2.AsyncClient(transport=transport, base_url=base) as client:
        yield client


async def test_an_entity_has_the_members_of_its_model_in_their_order(
    client: httpx2.AsyncClient,
) -> None:
    response = await client.get("1")

    assert '{"height":10,"keeper":"Ada","id":1}' == response.text
    assert ('"1"', "private, no-cache") == (
        response.headers["ETag"],
        response.headers["Cache-Control"],
    )


def test_an_entity_is_a_value_in_another_response() -> None:
    assert {"height": 9, "keeper": "Ada", "id": 1} == resource.to_object(Lighthouse(1, "Ada", 9))


async def test_a_created_entity_has_its_path_and_its_entity_tag(
    client: httpx2.AsyncClient,
) -> None:
    response = await client.post("", json=NEW)

    assert {**NEW, "id": 4} == response.json()
    assert ("/lighthouses/4", '"1"') == (response.headers["Location"], response.headers["ETag"])


async def test_a_repeated_creation_is_replayed(
    client: httpx2.AsyncClient, database: FakeDatabase, lighthouses: Lighthouses
) -> None:
    first = await client.post("", json=NEW, headers=KEY)
    again = await client.post("", json=NEW, headers=KEY)

    assert first.content == again.content
    assert "true" == again.headers["Idempotency-Replayed"]
    assert [1, 2, 3, 4] == list(lighthouses.stored)
    assert 1 == database.commits


async def test_a_repeated_use_case_of_the_resources_own_is_replayed(
    client: httpx2.AsyncClient, lighthouses: Lighthouses
) -> None:
    first = await client.post("1/keeper", json={"keeper": "Grace"}, headers=KEY)
    again = await client.post("1/keeper", json={"keeper": "Grace"}, headers=KEY)

    assert first.content == again.content
    assert ("Grace", 2) == (lighthouses.stored[1].keeper, lighthouses.stored[1].version)
    assert '"2"' == first.headers["ETag"]
    assert 404 == (await client.post("7/keeper", json={"keeper": "Grace"})).status_code


async def test_a_creation_without_a_key_stores_no_response(
    client: httpx2.AsyncClient, database: FakeDatabase
) -> None:
    await client.post("", json=NEW)

    assert {} == database.committed.responses


async def test_a_page_is_filtered_sorted_and_linked(client: httpx2.AsyncClient) -> None:
    page = await client.get("?height__gte=20&sort=-height&limit=1")
    following = await client.get(page.url.join(page.links["next"]["url"]))

    assert [[3], [2]] == [[each["id"] for each in one.json()] for one in (page, following)]
    assert {"Prefer"} == {one.headers["Vary"] for one in (page, following)}


async def test_matches_are_counted_on_request_only(
    client: httpx2.AsyncClient, lighthouses: Lighthouses
) -> None:
    plain = await client.get("?height__gte=20")
    counted = await client.get("?height__gte=20&limit=1", headers={"Prefer": "count=exact"})

    assert "X-Total-Count" not in plain.headers
    assert ("2", 1) == (counted.headers["X-Total-Count"], lighthouses.counts)


@pytest.mark.parametrize(
    ("included", "members"),
    [
        ("etag", {"etag": '"2"'}),
        ("harbour", {"harbour": "Port 2"}),
        ("etag,harbour", {"etag": '"2"', "harbour": "Port 2"}),
    ],
)
async def test_a_page_includes_members_of_the_resource_after_the_others(
    client: httpx2.AsyncClient, included: str, members: Any
) -> None:
    _, second, _ = (await client.get(f"?include={included}")).json()

    assert [("height", 20), ("keeper", "Ada"), ("id", 2), *members.items()] == list(second.items())


async def test_another_member_is_refused_with_the_names_of_those_that_there_are(
    client: httpx2.AsyncClient,
) -> None:
    (error,) = (await client.get("?include=inspections")).json()["detail"]

    assert "Input should be a comma-separated list of etag, harbour" == error["msg"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-None-Match": '"2"'}, 304),
        ({"If-None-Match": '"1"'}, 200),
        ({"If-Match": '"1"'}, 412),
        ({"If-Match": "2"}, 422),
    ],
)
async def test_a_read_is_conditional(
    client: httpx2.AsyncClient, headers: dict[str, str], status: int
) -> None:
    assert status == (await client.get("2", headers=headers)).status_code


async def test_an_update_returns_the_entity_with_its_new_entity_tag(
    client: httpx2.AsyncClient,
) -> None:
    response = await client.patch("2", json={"height": 21}, headers={"If-Match": '"2"'})

    assert {"height": 21, "keeper": "Ada", "id": 2} == response.json()
    assert '"3"' == response.headers["ETag"]


async def test_a_deletion_says_that_it_is_done(client: httpx2.AsyncClient) -> None:
    assert {"ok": True} == (await client.delete("2")).json()
    assert (404, "Lighthouse not found") == (
        (missing := await client.get("2")).status_code,
        missing.json()["detail"],
    )


async def test_a_batch_returns_its_results_with_the_included_members(
    client: httpx2.AsyncClient,
) -> None:
    batch = {
        "create": [NEW],
        "update": [{"id": 2, "etag": '"2"', "changes": {"height": 21}}],
        "delete": [{"id": 1}],
    }
    response = await client.post("batch?include=harbour", json=batch, headers=KEY)
    again = await client.post("batch?include=harbour", json=batch, headers=KEY)

    assert {
        "created": [{"height": 30, "keeper": "Ada", "id": 4, "harbour": "Port 4"}],
        "updated": [{"height": 21, "keeper": "Ada", "id": 2, "harbour": "Port 2"}],
        "deleted": [1],
    } == response.json()
    assert response.content == again.content
