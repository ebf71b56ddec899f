"""The wire contract's "Batch", byte for byte."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx2
import pytest

from tests.e2e.wire.contract import (
    METHOD_NOT_ALLOWED,
    PROBLEM,
    Entry,
    RawResponse,
    invalid,
    new_hero,
    ok,
    raw,
)

DEADPOND = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 28}


@pytest.fixture
def hero_ids(client: httpx2.Client) -> list[int]:
    """The ids of 100 new heroes, all at version 1."""
    made = send(client, {"create": [DEADPOND] * 100}).json()["created"]
    return [hero["id"] for hero in made]


def send(client: httpx2.Client, batch: Any) -> httpx2.Response:
    return client.post("/heroes/batch", json=batch)


def failed(status: int, title: str, detail: str, pointer: str) -> RawResponse:
    """Return the response to a batch with a failed operation."""
    return RawResponse(
        status,
        PROBLEM,
        f'{{"type":"about:blank","title":"{title}","status":{status},'
        '"detail":"One of the operations failed. Nothing was changed.",'
        f'"instance":"/heroes/batch","errors":[{{"detail":"{detail}","pointer":"{pointer}"}}]}}'.encode(),
    )


def missing(pointer: str) -> RawResponse:
    return failed(404, "Not Found", "Hero not found", pointer)


def stale(pointer: str) -> RawResponse:
    message = "The version does not match the precondition"
    return failed(412, "Precondition Failed", message, pointer)


def tags(client: httpx2.Client, hero_ids: Sequence[int]) -> set[str | None]:
    """Return the distinct entity tags of these heroes; ``None`` for a missing hero."""
    return {client.get(f"/heroes/{hero_id}").headers.get("etag") for hero_id in hero_ids}


def update(hero_id: int, **more: Any) -> Mapping[str, Any]:
    return {"id": hero_id, "changes": {"age": 29}, **more}


def test_operations_are_executed_and_reported_in_order(client: httpx2.Client) -> None:
    first, second, third, fourth = (new_hero(client) for _ in range(4))

    response = send(
        client,
        {
            "delete": [{"id": second}, {"id": first, "etag": '"1"'}],
            "update": [
                {"id": fourth, "etag": '"1"', "changes": {"age": None, "name": "Rusty-Man"}},
                {"id": third, "changes": {}},
            ],
            "create": [DEADPOND, {"name": "N", "secret_name": "S"}],
        },
    )

    made = fourth + 1
    assert ok(
        b'{"created":[{"name":"Deadpond","secret_name":"Dive Wilson","age":28,"id":%d},'
        b'{"name":"N","secret_name":"S","age":null,"id":%d}],'
        b'"updated":[{"name":"Rusty-Man","secret_name":"Dive Wilson","age":null,"id":%d},'
        b'{"name":"Deadpond","secret_name":"Dive Wilson","age":28,"id":%d}],'
        b'"deleted":[%d,%d]}' % (made, made + 1, fourth, third, second, first)
    ) == raw(response)
    assert {None} == tags(client, [first, second])
    assert {'"1"'} == tags(client, [third, made, made + 1])
    assert {'"2"'} == tags(client, [fourth])
    assert response.json()["created"][0] == client.get(f"/heroes/{made}").json()


def test_an_etag_that_is_null_is_no_precondition(
    client: httpx2.Client, hero_ids: list[int]
) -> None:
    first, second = hero_ids[:2]
    batch = {
        "update": [{"id": first, "etag": None, "changes": {"age": 5}}],
        "delete": [{"id": second, "etag": None}],
    }

    done = send(client, batch).json()

    assert ([5], [second]) == ([hero["age"] for hero in done["updated"]], done["deleted"])


def test_a_batch_without_operations_is_refused(client: httpx2.Client) -> None:
    message = "A batch should have at least 1 operation"
    assert invalid(("no_operations", ["body"], message)) == raw(send(client, {"update": []}))


def test_a_misspelt_list_is_refused_and_named(client: httpx2.Client) -> None:
    before = new_hero(client)

    response = send(client, {"create": [DEADPOND], "updat": [update(before)]})

    message = "Extra inputs are not permitted"
    assert invalid(("extra_forbidden", ["body", "updat"], message)) == raw(response)
    assert before + 1 == new_hero(client)


def test_a_stale_57th_update_rolls_back_and_is_reported(
    client: httpx2.Client, hero_ids: list[int]
) -> None:
    client.patch(f"/heroes/{hero_ids[56]}", json={"age": 30})

    response = send(client, {"update": [update(hero_id, etag='"1"') for hero_id in hero_ids]})

    assert stale("/update/56") == raw(response)
    assert {'"2"'} == tags(client, [hero_ids.pop(56)])
    assert {'"1"'} == tags(client, hero_ids)


def test_a_missing_57th_deletion_rolls_back_and_is_reported(
    client: httpx2.Client, hero_ids: list[int]
) -> None:
    client.delete(f"/heroes/{hero_ids[56]}")

    response = send(client, {"delete": [{"id": hero_id} for hero_id in hero_ids]})

    assert missing("/delete/56") == raw(response)
    del hero_ids[56]
    assert {'"1"'} == tags(client, hero_ids)


def test_an_invalid_57th_creation_rolls_back_and_is_reported(
    client: httpx2.Client,
) -> None:
    before = new_hero(client)
    drafts = [DEADPOND] * 100
    drafts[56] = {**DEADPOND, "name": " "}

    response = send(client, {"create": drafts})

    entry: Entry = ("string_blank", ["body", "create", 56, "name"], "String should not be blank")
    assert invalid(entry) == raw(response)
    assert b"[]" == client.get(f"/heroes/?offset={before}").content
    assert before + 1 == new_hero(client)


def test_a_failed_operation_rolls_the_whole_batch_back(
    client: httpx2.Client, hero_ids: list[int]
) -> None:
    first, second, *_ = hero_ids
    good = {"create": [DEADPOND], "update": [update(first)]}

    assert missing("/delete/1") == raw(send(client, good | {"delete": [{"id": second}, {"id": 0}]}))
    other = {"delete": [{"id": second, "etag": '"2"'}]}
    assert stale("/delete/0") == raw(send(client, good | other))
    assert {'"1"'} == tags(client, [first, second])
    assert {None} == tags(client, [hero_ids[-1] + 1])


def test_two_operations_on_one_hero_are_refused(client: httpx2.Client, hero_ids: list[int]) -> None:
    first = hero_ids[0]
    twice = send(client, {"update": [update(first), update(hero_ids[1]), update(first)]})
    both = send(client, {"update": [update(first)], "delete": [{"id": first}]})

    message = "Id should appear in one operation only"
    assert invalid(("id_repeated", ["body", "update", 2, "id"], message)) == raw(twice)
    assert invalid(("id_repeated", ["body", "delete", 0, "id"], message)) == raw(both)
    assert {'"1"'} == tags(client, hero_ids[:2])


def test_more_than_a_hundred_operations_are_refused(client: httpx2.Client) -> None:
    response = send(client, {"create": [DEADPOND] * 99, "delete": [{"id": 0}] * 2})

    message = "A batch should have at most 100 operations"
    assert invalid(("too_many_operations", ["body"], message)) == raw(response)


def test_a_batch_over_64_kib_is_refused(client: httpx2.Client) -> None:
    longest = {"name": "😀" * 255, "secret_name": "😀" * 255}

    response = send(client, {"create": [longest] * 100})

    assert (413, PROBLEM) == (response.status_code, response.headers["content-type"])


def test_a_hundred_heroes_with_the_longest_ascii_names_fit(client: httpx2.Client) -> None:
    longest = {"name": "N" * 255, "secret_name": "S" * 255, "age": 2**63 - 1}

    assert 100 == len(send(client, {"create": [longest] * 100}).json()["created"])


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE", "PUT", "PROPFIND"])
def test_the_path_of_batches_supports_no_method_but_post_and_options(
    client: httpx2.Client, method: str
) -> None:
    response = client.request(method, "/heroes/batch", json={} if method == "PATCH" else None)

    assert METHOD_NOT_ALLOWED == raw(response)
    assert "POST, OPTIONS" == response.headers["allow"]


def test_options_and_head_of_the_path_of_batches_send_allow(client: httpx2.Client) -> None:
    for response in (client.options("/heroes/batch"), client.head("/heroes/batch")):
        assert (b"", "POST, OPTIONS") == (response.content, response.headers["allow"])


def test_the_path_of_batches_is_redirected_if_it_has_a_slash_too_many(
    client: httpx2.Client,
) -> None:
    for method in ("POST", "GET", "DELETE"):
        response = client.request(method, "/heroes/batch/")

        assert (307, "/heroes/batch") == (response.status_code, response.headers["location"])
