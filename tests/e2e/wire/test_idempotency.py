"""The wire contract's Idempotency-Key, against a real server on each database."""

import asyncio
from uuid import uuid4

import httpx2
import pytest

from tests.e2e.wire.contract import JSON, invalid, ok, post, said
from tests.support.served import Served

BODY = b'{"name":"Deadpond","secret_name":"Dive Wilson","age":28}'
SINCE_THEN = {"date", "idempotency-replayed"}


def post_with(client: httpx2.Client, *keys: str, body: bytes = BODY) -> httpx2.Response:
    headers = [("Content-Type", JSON), *(("Idempotency-Key", key) for key in keys)]
    return client.post("/heroes/", content=body, headers=headers)


def new_key() -> str:
    return str(uuid4())


def count(client: httpx2.Client) -> int:
    """Return how many heroes there are, which in this module are few."""
    return len(client.get("/heroes/").json())


def test_the_same_key_and_request_get_the_stored_answer_and_make_nothing(
    client: httpx2.Client,
) -> None:
    key = new_key()
    first = post_with(client, key)
    before = count(client)
    again = [post_with(client, sent) for sent in (key, f'"{key}"')]

    hero = b'{"name":"Deadpond","secret_name":"Dive Wilson","age":28,"id":%d}'
    assert ok(hero % first.json()["id"]) == said(first)
    assert "Idempotency-Replayed" not in first.headers
    for answer in again:
        assert said(first) == said(answer)
        assert "true" == answer.headers["Idempotency-Replayed"]
        assert lasting(first) == lasting(answer)
    assert before == count(client)


def test_the_stored_answer_stays_as_it_was_whatever_becomes_of_the_hero(
    client: httpx2.Client,
) -> None:
    key = new_key()
    first = post_with(client, key)
    client.patch(f"/heroes/{first.json()['id']}", json={"age": 99})
    after_a_change = post_with(client, key)
    client.delete(f"/heroes/{first.json()['id']}")
    after_its_end = post_with(client, key)

    assert said(first) == said(after_a_change) == said(after_its_end)
    assert lasting(first) == lasting(after_a_change) == lasting(after_its_end)


def test_without_a_key_and_with_another_each_post_makes_a_hero(client: httpx2.Client) -> None:
    answers = [post(client, BODY), post(client, BODY)]
    answers += [post_with(client, new_key()), post_with(client, new_key())]

    assert 4 == len({answer.json()["id"] for answer in answers})
    assert not any("Idempotency-Replayed" in answer.headers for answer in answers)


@pytest.mark.parametrize("body", [BODY.replace(b"28", b"29"), BODY + b" "])
def test_the_same_key_with_another_request_is_422_and_makes_nothing(
    client: httpx2.Client, body: bytes
) -> None:
    key = new_key()
    post_with(client, key)
    before = count(client)
    answer = post_with(client, key, body=body)

    assert invalid(
        (
            "idempotency_key_reused",
            ["header", "Idempotency-Key"],
            "Key was already used for a different request",
        )
    ) == said(answer)
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
def test_a_key_that_is_none_is_422_by_the_headers_name_and_makes_nothing(
    client: httpx2.Client, keys: list[str], type_: str
) -> None:
    before = count(client)
    answer = post_with(client, *keys)

    assert 422 == answer.status_code
    ((found, place),) = ((each["type"], each["loc"]) for each in answer.json()["detail"])
    assert (type_, ["header", "Idempotency-Key"]) == (found, place)
    assert before == count(client)


@pytest.mark.parametrize(
    "key", ["x", "x" * 255, '"a b, c"', r'"\"\\"', "~!#$%&'()*+-./:;<=>?@[]^`{|}"]
)
def test_a_key_has_1_to_255_characters(client: httpx2.Client, key: str) -> None:
    first, again = post_with(client, key), post_with(client, key)

    assert 200 == first.status_code
    assert said(first) == said(again)
    assert "Idempotency-Replayed" in again.headers


def test_a_refusal_is_not_stored(client: httpx2.Client) -> None:
    key = new_key()
    refused = [
        post_with(client, key, body=b'{"name":" ","secret_name":"x"}'),
        post_with(client, key, body=b'{"name":'),
    ]
    made = post_with(client, key)

    assert [422, 422, 200] == [answer.status_code for answer in (*refused, made)]
    assert "Idempotency-Replayed" not in made.headers


def test_a_batch_with_a_key_is_done_once_and_a_failed_one_is_not_stored(
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
    assert (said(first), "true") == (said(again), again.headers["Idempotency-Replayed"])
    assert before == count(client)


def test_the_key_of_a_batch_is_no_key_of_a_post(client: httpx2.Client) -> None:
    key = new_key()
    body = b'{"create":[],"name":"N","secret_name":"S"}'
    sent = {"Idempotency-Key": key, "Content-Type": JSON}
    client.post("/heroes/batch", content=body, headers=sent)

    assert 422 == post_with(client, key, body=body).status_code


async def test_the_same_key_at_once_makes_one_hero_and_all_get_the_same_answer(
    server: Served,
) -> None:
    headers = {"Idempotency-Key": new_key(), "Content-Type": JSON}
    async with httpx2.AsyncClient(base_url=server.url, timeout=20) as client:
        answers = await asyncio.gather(
            *(client.post("/heroes/", content=BODY, headers=headers) for _ in range(20))
        )

    assert {200} == {answer.status_code for answer in answers}
    assert 1 == len({answer.content for answer in answers})
    assert 19 == sum("Idempotency-Replayed" in answer.headers for answer in answers)


def test_other_methods_take_no_notice_of_a_key(client: httpx2.Client) -> None:
    sent = {"Idempotency-Key": "not, a key"}
    hero_id = post(client, BODY).json()["id"]

    answers = [
        client.get(f"/heroes/{hero_id}", headers=sent),
        client.patch(f"/heroes/{hero_id}", headers=sent, json={"age": 29}),
        client.delete(f"/heroes/{hero_id}", headers=sent),
    ]

    assert [200] * 3 == [answer.status_code for answer in answers]


def lasting(answer: httpx2.Response) -> list[tuple[str, str]]:
    """Return the headers that an answer given again has to have in common with the first."""
    return [(name, text) for name, text in answer.headers.items() if name not in SINCE_THEN]
