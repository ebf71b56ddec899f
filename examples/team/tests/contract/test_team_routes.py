"""The routes of teams, in process, on every database."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI

from entrypoints.api.app import build_app
from entrypoints.api.dependencies import get_uow
from service_layer.unit_of_work import UnitOfWork, UnitOfWorkFactory
from tests.fakes.authenticator import FakeAuthenticator, bearing
from tests.fakes.database import FakeDatabase

PREVENTERS = {"name": "Preventers", "headquarters": "Sharp Tower"}
FIRST = {**PREVENTERS, "id": 1}


def client_of(app: FastAPI) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://teams")


@pytest.fixture
async def client(database: UnitOfWorkFactory) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(build_app(database)) as client:
        yield client


async def add_teams(client: httpx2.AsyncClient, *names: str) -> None:
    drafts = [{"name": name, "headquarters": f"{name} Hall"} for name in names]
    assert 200 == (await client.post("/teams/batch", json={"create": drafts})).status_code


async def test_a_team_is_created_read_updated_and_deleted(client: httpx2.AsyncClient) -> None:
    created = await client.post("/teams/", json=PREVENTERS)
    read = await client.get(created.headers["location"])
    changed = await client.patch("/teams/1", json={"name": "Z-Force"})
    deleted = await client.delete("/teams/1")
    gone = await client.get("/teams/1")

    assert [FIRST, FIRST, {**FIRST, "name": "Z-Force"}, {"ok": True}] == [
        response.json() for response in (created, read, changed, deleted)
    ]
    assert (404, {"detail": "Team not found"}) == (gone.status_code, gone.json())


@pytest.mark.parametrize("sort", ["id", "name", "-name", "headquarters", "-headquarters,name"])
async def test_following_the_links_returns_all_pages(client: httpx2.AsyncClient, sort: str) -> None:
    await add_teams(client, "Delta", "alpha", "Alpha", "Alpha", "Zulu")
    query = {"sort": sort, "name__contains": "l"}
    whole = (await client.get("/teams/", params=query)).json()

    page = await client.get("/teams/", params={**query, "limit": 2})
    walked = page.json()
    while "next" in page.links:
        assert "cursor=" in page.links["next"]["url"]
        page = await client.get(page.url.join(page.links["next"]["url"]))
        walked += page.json()

    assert 5 == len(whole)
    assert whole == walked


async def test_a_filter_and_a_count(client: httpx2.AsyncClient) -> None:
    await add_teams(client, "Alpha", "Zulu", "Alpine")

    page = await client.get("/teams/?name__startswith=Alp", headers={"Prefer": "count=exact"})
    refused = await client.get("/teams/?sort=secret_name")

    assert ["Alpha", "Alpine"] == [team["name"] for team in page.json()]
    assert "2" == page.headers["x-total-count"]
    assert 422 == refused.status_code


@pytest.mark.parametrize(
    ("path", "body"), [("/teams/", PREVENTERS), ("/teams/batch", {"create": [PREVENTERS]})]
)
async def test_a_repeated_request_is_executed_once(
    client: httpx2.AsyncClient, path: str, body: dict[str, object]
) -> None:
    key = {"Idempotency-Key": '"5c1f8e52"'}
    first, again = [await client.post(path, json=body, headers=key) for _ in range(2)]
    reused = await client.post(path, json={"create": [{"name": "Z"}]}, headers=key)

    assert (200, first.content) == (again.status_code, again.content)
    assert 422 == reused.status_code
    assert [FIRST] == (await client.get("/teams/")).json()


async def test_a_batch_changes_everything_or_nothing(client: httpx2.AsyncClient) -> None:
    await add_teams(client, "Alpha", "Zulu")
    update = {"id": 1, "changes": {"name": "Omega"}, "etag": '"1"'}
    before = (await client.get("/teams/")).json()

    missing = {"create": [PREVENTERS], "update": [update], "delete": [{"id": 7}]}
    failed = await client.post("/teams/batch", json=missing)
    after = (await client.get("/teams/")).json()
    done = await client.post("/teams/batch?include=etag", json={**missing, "delete": [{"id": 2}]})

    assert 404 == failed.status_code
    assert before == after
    assert {
        "created": [{**PREVENTERS, "id": 3, "etag": '"1"'}],
        "updated": [{"name": "Omega", "headquarters": "Alpha Hall", "id": 1, "etag": '"2"'}],
        "deleted": [2],
    } == done.json()


async def test_a_stale_precondition_changes_nothing(client: httpx2.AsyncClient) -> None:
    await client.post("/teams/", json=PREVENTERS)
    current, stale = {"If-Match": '"1"'}, {"If-Match": '"7"'}

    refused = [
        await client.patch("/teams/1", json={"name": "Z-Force"}, headers=stale),
        await client.delete("/teams/1", headers=stale),
    ]
    unchanged = await client.get("/teams/1", headers={"If-None-Match": '"1"'})
    updated = await client.patch("/teams/1", json={"name": "Z-Force"}, headers=current)

    assert [412, 412] == [response.status_code for response in refused]
    assert 304 == unchanged.status_code
    assert (200, '"2"') == (updated.status_code, updated.headers["etag"])


async def test_an_invalid_team_is_refused_with_the_field(client: httpx2.AsyncClient) -> None:
    refused = await client.post("/teams/", json={**PREVENTERS, "headquarters": " "})

    (violation,) = refused.json()["detail"]
    assert (422, ["body", "headquarters"]) == (refused.status_code, violation["loc"])
    assert [] == (await client.get("/teams/")).json()


async def test_the_scopes_are_those_of_the_service(database: UnitOfWorkFactory) -> None:
    reader, writer = bearing("reader"), bearing("writer")
    async with client_of(build_app(database, authenticator=FakeAuthenticator())) as client:
        statuses = [
            (await client.get("/teams/")).status_code,
            (await client.get("/teams/", headers=reader)).status_code,
            (await client.post("/teams/", json=PREVENTERS, headers=reader)).status_code,
            (await client.post("/teams/", json=PREVENTERS, headers=writer)).status_code,
        ]

    assert [401, 200, 403, 200] == statuses


async def test_an_override_of_get_uow_replaces_the_database(client: httpx2.AsyncClient) -> None:
    other = FakeDatabase()

    async def fake_uow() -> AsyncIterator[UnitOfWork]:
        async with other.writing() as uow:
            yield uow

    app = build_app(FakeDatabase())
    app.dependency_overrides[get_uow] = fake_uow
    async with client_of(app) as overridden, client_of(build_app(other)) as direct:
        await overridden.post("/teams/", json=PREVENTERS)

        assert [FIRST] == (await direct.get("/teams/")).json()
    assert [] == (await client.get("/teams/")).json()


@pytest.mark.parametrize("path", ["/teams/", "/teams/batch"])
async def test_the_examples_of_the_openapi_document_are_what_the_service_does(
    client: httpx2.AsyncClient, path: str
) -> None:
    document = (await client.get("/openapi.json")).json()
    operation = document["paths"][path]["post"]
    example = operation["requestBody"]["content"]["application/json"]["example"]
    documented = operation["responses"]["200"]["content"]["application/json"]["example"]

    response = await client.post(path, json=example)

    assert 200 == response.status_code
    assert documented == response.json()
