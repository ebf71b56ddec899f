"""The JSON of batches, on the in-memory database: parsing and validation errors."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from domain.hero import Hero
from entrypoints.api.app import build_app
from tests.fakes.database import FakeDatabase

DEADPOND = Hero(1, "Deadpond", "Dive Wilson", 28, version=2)
NEW = {"name": "Spider-Boy", "secret_name": "Pedro"}


@pytest.fixture
def database() -> FakeDatabase:
    """A database with Deadpond at version 2."""
    database = FakeDatabase()
    database.committed.tables[Hero].rows[1] = DEADPOND
    database.committed.tables[Hero].last_id = 1
    return database


@pytest.fixture
async def client(database: FakeDatabase) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(build_app(database))
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        yield client


def errors(response: httpx2.Response) -> list[Any]:
    """Return the validation errors."""
    assert response.status_code == 422
    found: list[Any] = response.json()["detail"]
    return found


def error_locs(response: httpx2.Response) -> list[list[str | int]]:
    """Return the ``loc`` of each validation error."""
    return [entry["loc"] for entry in errors(response)]


@pytest.mark.parametrize("body", [{}, {"create": []}, {"create": [], "update": [], "delete": []}])
async def test_a_batch_without_operations_is_refused(client: httpx2.AsyncClient, body: Any) -> None:
    response = await client.post("/heroes/batch", json=body)

    message = "A batch should have at least 1 operation"
    assert [{"type": "no_operations", "loc": ["body"], "msg": message}] == errors(response)


@pytest.mark.parametrize("name", ["creat", "Create", "etag", "", "a/b", "\x00"])
async def test_an_unknown_member_of_a_batch_is_refused_and_named(
    client: httpx2.AsyncClient, database: FakeDatabase, name: str
) -> None:
    response = await client.post("/heroes/batch", json={"create": [NEW], name: [NEW]})

    message = "Extra inputs are not permitted"
    assert [{"type": "extra_forbidden", "loc": ["body", name], "msg": message}] == errors(response)
    assert {1: DEADPOND} == database.committed.tables[Hero].rows


async def test_an_unknown_member_whose_name_is_no_text_is_refused(
    client: httpx2.AsyncClient,
) -> None:
    response = await client.post(
        "/heroes/batch",
        content=b'{"delete": [], "\\ud800": 1}',
        headers={"Content-Type": "application/json"},
    )

    assert [["body"]] == error_locs(response)


async def test_unknown_members_of_an_operation_are_ignored(
    client: httpx2.AsyncClient, database: FakeDatabase
) -> None:
    response = await client.post(
        "/heroes/batch",
        json={
            "create": [{**NEW, "id": 7, "version": 9}],
            "update": [{"id": 1, "Etag": '"7"', "changes": {"age": 29, "id": 7}}],
        },
    )

    deadpond = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 29, "id": 1}
    spider_boy = {**NEW, "age": None, "id": 2}
    assert {"created": [spider_boy], "updated": [deadpond], "deleted": []} == response.json()
    assert [3, 1] == [hero.version for hero in database.committed.tables[Hero].rows.values()]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ([], [["body"]]),
        ("x", [["body"]]),
        ({"create": {}}, [["body", "create"]]),
        ({"create": None}, [["body", "create"]]),
        ({"create": [1]}, [["body", "create", 0]]),
        (
            {"create": [NEW, {}]},
            [["body", "create", 1, "name"], ["body", "create", 1, "secret_name"]],
        ),
        ({"create": [{**NEW, "age": -1}]}, [["body", "create", 0, "age"]]),
        ({"update": [{"id": 1}]}, [["body", "update", 0, "changes"]]),
        ({"update": [{"id": 1, "changes": None}]}, [["body", "update", 0, "changes"]]),
        (
            {"update": [{"id": 1, "changes": {"name": None}}]},
            [["body", "update", 0, "changes", "name"]],
        ),
        (
            {"update": [{"id": 1, "changes": {"name": " "}}]},
            [["body", "update", 0, "changes", "name"]],
        ),
        ({"update": [{"changes": {}}]}, [["body", "update", 0, "id"]]),
        ({"delete": [1]}, [["body", "delete", 0]]),
        ({"delete": [{"id": 1}, {}]}, [["body", "delete", 1, "id"]]),
        ({"delete": [{"id": 1}, {"id": 1}]}, [["body", "delete", 1, "id"]]),
        (
            {"update": [{"id": 1, "changes": {}}], "delete": [{"id": 1}]},
            [["body", "delete", 0, "id"]],
        ),
    ],
)
async def test_each_validation_error_has_its_loc(
    client: httpx2.AsyncClient, database: FakeDatabase, body: Any, expected: list[Any]
) -> None:
    response = await client.post("/heroes/batch", json=body)

    assert expected == error_locs(response)
    assert {1: DEADPOND} == database.committed.tables[Hero].rows


@pytest.mark.parametrize("hero_id", [None, True, "1", 1.5, [1], {}])
async def test_an_id_in_a_body_must_be_an_integer(client: httpx2.AsyncClient, hero_id: Any) -> None:
    response = await client.post("/heroes/batch", json={"delete": [{"id": hero_id}]})

    assert [["body", "delete", 0, "id"]] == error_locs(response)


async def test_a_whole_number_is_an_integer_in_json(client: httpx2.AsyncClient) -> None:
    response = await client.post("/heroes/batch", json={"delete": [{"id": 1.0}]})

    assert [1] == response.json()["deleted"]


@pytest.mark.parametrize(
    "etag", ["", "2", '"2', "*", '"1", "2"', ' "2"', '"2" ', 'w/"2"', '"2 "', '"ł"', 2, []]
)
async def test_an_etag_in_a_body_must_be_one_entity_tag(
    client: httpx2.AsyncClient, etag: Any
) -> None:
    body = {
        "update": [{"id": 1, "etag": etag, "changes": {}}],
        "delete": [{"id": 7, "etag": etag}],
    }
    response = await client.post("/heroes/batch", json=body)

    assert [["body", "update", 0, "etag"], ["body", "delete", 0, "etag"]] == error_locs(response)


async def test_an_etag_that_is_null_means_any_version(
    client: httpx2.AsyncClient, database: FakeDatabase
) -> None:
    changed = await client.post(
        "/heroes/batch", json={"update": [{"id": 1, "etag": None, "changes": {"age": 29}}]}
    )
    deleted = await client.post("/heroes/batch", json={"delete": [{"id": 1, "etag": None}]})

    assert (200, 200) == (changed.status_code, deleted.status_code)
    assert {} == database.committed.tables[Hero].rows


@pytest.mark.parametrize(
    ("etag", "status"),
    [('"2"', 200), ('"1"', 412), ('W/"2"', 412), ('""', 412), ('"02"', 412), ('"1,2"', 412)],
)
async def test_an_etag_in_a_body_uses_strong_comparison(
    client: httpx2.AsyncClient, etag: str, status: int
) -> None:
    batch = {"update": [{"id": 1, "etag": etag, "changes": {"age": 29}}]}

    assert status == (await client.post("/heroes/batch", json=batch)).status_code


@pytest.mark.parametrize(("etag", "is_weak"), [('W/"2"', True), ('"1"', False), ('"1W/"', False)])
async def test_the_error_of_an_operation_says_that_a_weak_etag_never_matches(
    client: httpx2.AsyncClient, etag: str, *, is_weak: bool
) -> None:
    response = await client.post("/heroes/batch", json={"delete": [{"id": 1, "etag": etag}]})

    (error,) = response.json()["errors"]
    assert (412, "/delete/0") == (response.status_code, error["pointer"])
    assert is_weak == error["detail"].startswith("A weak entity tag")


@pytest.mark.parametrize("kind", ["create", "update", "delete"])
async def test_more_than_a_hundred_operations_are_refused(
    client: httpx2.AsyncClient, database: FakeDatabase, kind: str
) -> None:
    bodies = {"create": NEW, "update": {"id": 1, "changes": {}}, "delete": {"id": 1}}

    of_one_kind = await client.post("/heroes/batch", json={kind: [bodies[kind]] * 101})
    in_all = await client.post(
        "/heroes/batch", json={"create": [NEW] * 50, "update": [bodies["update"]] * 51}
    )

    assert [["body", kind]] == error_locs(of_one_kind)
    assert [["body"]] == error_locs(in_all)
    assert {1: DEADPOND} == database.committed.tables[Hero].rows


async def test_an_error_for_very_many_operations_has_one_entry(client: httpx2.AsyncClient) -> None:
    response = await client.post("/heroes/batch", json={"create": [1] * 10_000})

    assert [["body", "create"]] == error_locs(response)
