"""The team of a hero over HTTP, in process, on every database."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from entrypoints.api.app import build_app
from service_layer.unit_of_work import UnitOfWorkFactory

DEADPOND = {"name": "Deadpond", "secret_name": "Dive Wilson"}
SHOWN = {"name": "Deadpond", "age": None, "secret_name": "Dive Wilson"}
PREVENTERS = {"name": "Preventers", "headquarters": "Sharp Tower"}
CONFLICT = "The request conflicts with existing data."


@pytest.fixture
async def client(database: UnitOfWorkFactory) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of an application with the team 1, in which hero 1 is, and hero 2."""
    transport = httpx2.ASGITransport(build_app(database))
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        await client.post("/teams/", json=PREVENTERS)
        await client.post("/heroes/", json={**DEADPOND, "team_id": 1})
        await client.post("/heroes/", json=DEADPOND)
        yield client


async def test_a_client_that_knows_no_teams_sees_one_more_member(
    client: httpx2.AsyncClient,
) -> None:
    created = await client.post("/heroes/", json=DEADPOND)
    changed = await client.patch("/heroes/3", json={"age": 28})

    assert {**SHOWN, "team_id": None, "id": 3} == created.json()
    assert {**SHOWN, "age": 28, "team_id": None, "id": 3} == changed.json()
    assert (
        '{"name":"Deadpond","secret_name":"Dive Wilson","age":null,"team_id":null,"id":3}'
        == created.text
    )


async def test_a_hero_joins_and_leaves_a_team(client: httpx2.AsyncClient) -> None:
    joined = await client.patch("/heroes/2", json={"team_id": 1})
    unchanged = await client.patch("/heroes/2", json={"age": None})
    left = await client.patch("/heroes/2", json={"team_id": None})

    assert [1, 1, None] == [each.json()["team_id"] for each in (joined, unchanged, left)]
    assert ['"2"', '"2"', '"3"'] == [each.headers["etag"] for each in (joined, unchanged, left)]


@pytest.mark.parametrize("team_id", [7, 0, -1, 2**63 - 1])
async def test_a_team_that_does_not_exist_is_a_conflict(
    client: httpx2.AsyncClient, team_id: int
) -> None:
    before = (await client.get("/heroes/")).json()

    refused = [
        await client.post("/heroes/", json={**DEADPOND, "team_id": team_id}),
        await client.patch("/heroes/1", json={"team_id": team_id}),
    ]

    assert [(409, CONFLICT)] * 2 == [(each.status_code, each.json()["detail"]) for each in refused]
    assert before == (await client.get("/heroes/")).json()


@pytest.mark.parametrize("team_id", ["one", 2**63, 1.5, [1]])
async def test_what_is_no_id_is_refused_with_the_field(
    client: httpx2.AsyncClient, team_id: object
) -> None:
    refused = await client.post("/heroes/", json={**DEADPOND, "team_id": team_id})

    assert (422, ["body", "team_id"]) == (refused.status_code, refused.json()["detail"][0]["loc"])


async def test_a_team_that_has_heroes_is_not_deleted(client: httpx2.AsyncClient) -> None:
    refused = await client.delete("/teams/1")
    in_a_batch = await client.post("/teams/batch", json={"delete": [{"id": 1}]})
    still = await client.get("/teams/1")
    await client.delete("/heroes/1")
    deleted = await client.delete("/teams/1")

    assert (409, CONFLICT) == (refused.status_code, refused.json()["detail"])
    assert (409, "/delete/0") == (in_a_batch.status_code, in_a_batch.json()["errors"][0]["pointer"])
    assert [200, 200] == [still.status_code, deleted.status_code]


async def test_a_batch_with_a_conflict_changes_nothing(client: httpx2.AsyncClient) -> None:
    before = (await client.get("/heroes/")).json()
    creates = [{**DEADPOND, "team_id": 1}, {**DEADPOND, "team_id": 7}]

    refused = await client.post("/heroes/batch", json={"create": creates})

    assert 409 == refused.status_code
    assert [{"detail": CONFLICT, "pointer": "/create/1"}] == refused.json()["errors"]
    assert before == (await client.get("/heroes/")).json()


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("team_id=1", [1]),
        ("team_id=7", []),
        ("team_id__isnull=true", [2]),
        ("team_id__isnull=false", [1]),
        ("team_id=1&name=Minus", []),
        ("sort=-team_id", [1, 2]),
    ],
)
async def test_heroes_are_filtered_and_sorted_by_team(
    client: httpx2.AsyncClient, query: str, ids: list[int]
) -> None:
    page = await client.get(f"/heroes/?{query}", headers={"Prefer": "count=exact"})

    assert ids == [hero["id"] for hero in page.json()]
    assert str(len(ids)) == page.headers["x-total-count"]


async def test_a_page_includes_the_team_of_each_hero(client: httpx2.AsyncClient) -> None:
    with_teams = await client.get("/heroes/?include=team")
    with_tags = await client.get("/heroes/?include=team,etag&limit=1")
    unknown = await client.get("/heroes/?include=teams")

    team = {**PREVENTERS, "id": 1}
    assert [
        {**SHOWN, "team_id": 1, "id": 1, "team": team},
        {**SHOWN, "team_id": None, "id": 2, "team": None},
    ] == with_teams.json()
    assert [{**SHOWN, "team_id": 1, "id": 1, "etag": '"1"', "team": team}] == with_tags.json()
    assert "include=team" in with_tags.links["next"]["url"]
    assert 422 == unknown.status_code


async def test_a_batch_includes_the_team_of_each_hero(client: httpx2.AsyncClient) -> None:
    await client.post("/teams/", json={"name": "Z-Force", "headquarters": "Bar"})
    batch = {
        "create": [{**DEADPOND, "team_id": 2}, DEADPOND],
        "update": [{"id": 2, "changes": {"team_id": 1}}],
        "delete": [{"id": 1}],
    }
    key = {"Idempotency-Key": '"0b7d"'}

    done, replayed = [
        await client.post("/heroes/batch?include=team", json=batch, headers=key) for _ in range(2)
    ]

    teams = {1: {**PREVENTERS, "id": 1}, 2: {"name": "Z-Force", "headquarters": "Bar", "id": 2}}
    assert {
        "created": [
            {**SHOWN, "team_id": 2, "id": 3, "team": teams[2]},
            {**SHOWN, "team_id": None, "id": 4, "team": None},
        ],
        "updated": [{**SHOWN, "team_id": 1, "id": 2, "team": teams[1]}],
        "deleted": [1],
    } == done.json()
    assert done.content == replayed.content


async def test_a_hero_founds_a_team_once(client: httpx2.AsyncClient) -> None:
    team, key = {"name": "Z-Force", "headquarters": "Bar"}, {"Idempotency-Key": '"5e11"'}

    founded, replayed = [
        await client.post("/heroes/2/team", json=team, headers=key) for _ in range(2)
    ]

    assert {**SHOWN, "team_id": 2, "id": 2} == founded.json()
    assert (founded.content, '"2"') == (replayed.content, founded.headers["etag"])
    assert {**team, "id": 2} == (await client.get("/teams/")).json()[-1]
    assert founded.json() == (await client.get("/heroes/2")).json()


@pytest.mark.parametrize(
    ("path", "headquarters", "status"),
    [("/heroes/7/team", "Bar", 404), ("/heroes/2/team", " ", 422)],
)
async def test_a_team_that_is_not_founded_leaves_nothing_behind(
    client: httpx2.AsyncClient, path: str, headquarters: str, status: int
) -> None:
    before = [(await client.get(f"/{each}/")).json() for each in ("heroes", "teams")]

    refused = await client.post(path, json={"name": "Z-Force", "headquarters": headquarters})

    assert status == refused.status_code
    assert before == [(await client.get(f"/{each}/")).json() for each in ("heroes", "teams")]


async def test_the_openapi_document_has_the_team_of_a_hero(client: httpx2.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    schemas, paths = document["components"]["schemas"], document["paths"]
    listed = {each["name"]: each for each in paths["/heroes/"]["get"]["parameters"]}
    founding = paths["/heroes/{hero_id}/team"]["post"]
    body = founding["requestBody"]["content"]["application/json"]

    assert {"team_id", "team"} <= schemas["HeroRead"]["properties"].keys()
    assert not {"team", "etag"} & set(schemas["HeroRead"]["required"])
    assert "`team` is its team" in listed["include"]["description"]
    assert {"team_id", "team_id__isnull"} <= listed.keys()
    assert {"200", "404", "409", "422"} <= founding["responses"].keys()
    assert 200 == (await client.post("/heroes/2/team", json=body["example"])).status_code
