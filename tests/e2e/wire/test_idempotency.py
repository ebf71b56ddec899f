"""The wire contract's Idempotency-Key, against a real server on each database."""

import asyncio
from uuid import uuid4

import httpx2
import pytest

from tests.e2e.wire.contract import JSON, invalid, ok, post, raw
from tests.support.served import Served

BODY = b'{"name":"Deadpond","secret_name":"Dive Wilson","age":28}'
UNSTABLE_HEADERS = {"date", "idempotency-replayed", "x-request-id"}


def post_with(client: httpx2.Client, *keys: str, body: bytes = BODY) -> httpx2.Response:
    headers = [("Content-Type", JSON), *(("Idempotency-Key", key) for key in keys)]
    return client.post("/heroes/", content=body, headers=headers)


def new_key() -> str:
    return str(uuid4())


def count(client: httpx2.Client) -> int:
    """Return the number of heroes, which fit on one page in this module."""
    return len(client.get("/heroes/").json())


def test_a_repeated_request_with_the_key_replays_the_stored_response(
    client: httpx2.Client,
) -> None:
    key = new_key()
    first = post_with(client, key)
    before = count(client)
    again = [post_with(client, sent) for sent in (key, f'"{key}"')]

    hero = b'{"name":"Deadpond","secret_name":"Dive Wilson","age":28,"id":%d}'
    assert ok(hero % first.json()["id"]) == raw(first)
    assert "Idempotency-Replayed" not in first.headers
    for response in again:
        assert raw(first) == raw(response)
        assert "true" == response.headers["Idempotency-Replayed"]
        assert stable_headers(first) == stable_headers(response)
    assert before == count(client)


def test_the_stored_response_does_not_change_with_the_hero(
    client: httpx2.Client,
) -> None:
    key = new_key()
    first = post_with(client, key)
    client.patch(f"/heroes/{first.json()['id']}", json={"age": 99})
    after_a_change = post_with(client, key)
    client.delete(f"/heroes/{first.json()['id']}")
    after_deletion = post_with(client, key)

    assert raw(first) == raw(after_a_change) == raw(after_deletion)
    assert stable_headers(first) == stable_headers(after_a_change) == stable_headers(after_deletion)


def test_posts_without_a_key_or_with_another_key_create_heroes(client: httpx2.Client) -> None:
    responses = [post(client, BODY), post(client, BODY)]
    responses += [post_with(client, new_key()), post_with(client, new_key())]

    assert 4 == len({response.json()["id"] for response in responses})
    assert not any("Idempotency-Replayed" in response.headers for response in responses)


@pytest.mark.parametrize("body", [BODY.replace(b"28", b"29"), BODY + b" "])
def test_the_same_key_with_another_request_gets_422_and_creates_nothing(
    client: httpx2.Client, body: bytes
) -> None:
    key = new_key()
    post_with(client, key)
    before = count(client)
    response = post_with(client, key, body=body)

    assert invalid(
        (
            "idempotency_key_reused",
            ["header", "idempotency-key"],
            "Key was already used for a different request",
        )
    ) == raw(response)
    assert before == count(client)


@pytest.mark.parametrize(
    ("keys", "type_"),
    [
        ([""], "string_too_short"),
        (['""'], "string_too_short"),
        (["x" * 256], "string_too_long"),
        (["a b"], "string_pattern_mismatch"),
        (["a,b"], "string_pattern_mismatch"),
        (['"a\tb"'], "string_pattern_mismatch"),
        (['"a'], "string_pattern_mismatch"),
        (["a", "b"], "header_repeated"),
        (["a", "a"], "header_repeated"),
    ],
)
def test_a_malformed_key_gets_422_for_the_header_and_creates_nothing(
    client: httpx2.Client, keys: list[str], type_: str
) -> None:
    before = count(client)
    response = post_with(client, *keys)

    assert 422 == response.status_code
    ((found, loc),) = ((each["type"], each["loc"]) for each in response.json()["detail"])
    assert (type_, ["header", "idempotency-key"]) == (found, loc)
    assert before == count(client)


@pytest.mark.parametrize(
    "key", ["x", "x" * 255, '"a b, c"', r'"\"\\"', "~!#$%&'()*+-./:;<=>?@[]^`{|}"]
)
def test_a_key_has_1_to_255_characters(client: httpx2.Client, key: str) -> None:
    first, again = post_with(client, key), post_with(client, key)

    assert 200 == first.status_code
    assert raw(first) == raw(again)
    assert "Idempotency-Replayed" in again.headers


def test_an_error_response_is_not_stored(client: httpx2.Client) -> None:
    key = new_key()
    refused = [
        post_with(client, key, body=b'{"name":" ","secret_name":"x"}'),
        post_with(client, key, body=b'{"name":'),
    ]
    made = post_with(client, key)

    assert [422, 422, 200] == [response.status_code for response in (*refused, made)]
    assert "Idempotency-Replayed" not in made.headers


def test_a_batch_with_a_key_is_executed_once_and_a_failed_one_is_not_stored(
    client: httpx2.Client,
) -> None:
    key = {"Idempotency-Key": new_key()}
    hero_id = post(client, BODY).json()["id"]
    batch = {"create": [{"name": "N", "secret_name": "S"}], "delete": [{"id": hero_id}]}
    failing = {**batch, "delete": [{"id": 2**53}]}

    refused = client.post("/heroes/batch", json=failing, headers=key)
    first = client.post("/heroes/batch", json=batch, headers=key)
    before = count(client)
    again = client.post("/heroes/batch", json=batch, headers=key)

    assert [404, 200] == [refused.status_code, first.status_code]
    assert (raw(first), "true") == (raw(again), again.headers["Idempotency-Replayed"])
    assert before == count(client)


def test_a_key_of_a_batch_can_not_be_reused_for_a_post(client: httpx2.Client) -> None:
    key = new_key()
    batch = {"create": [{"name": "N", "secret_name": "S"}]}
    made = client.post("/heroes/batch", json=batch, headers={"Idempotency-Key": key})

    reused = post_with(client, key)

    assert [200, 422] == [made.status_code, reused.status_code]
    assert "idempotency_key_reused" == reused.json()["detail"][0]["type"]


async def test_concurrent_requests_with_a_key_create_one_hero_and_get_the_same_response(
    server: Served,
) -> None:
    headers = {"Idempotency-Key": new_key(), "Content-Type": JSON}
    async with httpx2.AsyncClient(base_url=server.url, timeout=20) as client:
        responses = await asyncio.gather(
            *(client.post("/heroes/", content=BODY, headers=headers) for _ in range(20))
        )

    assert {200} == {response.status_code for response in responses}
    assert 1 == len({response.content for response in responses})
    assert 19 == sum("Idempotency-Replayed" in response.headers for response in responses)


def test_other_methods_ignore_the_key(client: httpx2.Client) -> None:
    sent = {"Idempotency-Key": "not, a key"}
    hero_id = post(client, BODY).json()["id"]

    responses = [
        client.get(f"/heroes/{hero_id}", headers=sent),
        client.patch(f"/heroes/{hero_id}", headers=sent, json={"age": 29}),
        client.delete(f"/heroes/{hero_id}", headers=sent),
    ]

    assert [200] * 3 == [response.status_code for response in responses]


def stable_headers(response: httpx2.Response) -> list[tuple[str, str]]:
    """Return the headers that a replayed response must share with the first."""
    return [(name, text) for name, text in response.headers.items() if name not in UNSTABLE_HEADERS]
