"""What a real server stores for retries: for how long, and how much."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from uuid import uuid4

import httpx2
import pytest

from tests.support.served import LIMIT, Served, serve
from tests.support.sql import execute

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 28}
NUMBER = "SELECT count(*) FROM idempotent_answer"
PAUSE = 0.05
"""Seconds between two looks at the database."""


def post(client: httpx2.Client, key: str) -> httpx2.Response:
    return client.post("/heroes/", json=HERO, headers={"Idempotency-Key": key})


def wait_until_nothing_is_stored(url: str) -> None:
    deadline = time.monotonic() + LIMIT
    while execute(url, NUMBER) != [(0,)]:
        assert time.monotonic() < deadline, "the responses were not pruned"
        time.sleep(PAUSE)


def test_expired_responses_are_pruned_though_no_request_is_sent(
    new_database: Callable[[], str], session: str, tmp_path: Path
) -> None:
    url = new_database()
    with (
        serve(tmp_path / "any.db", database_url=url, session=session, key_lifetime="1") as served,
        httpx2.Client(base_url=served.url) as client,
    ):
        for number in range(100):
            assert 200 == post(client, str(number)).status_code

        wait_until_nothing_is_stored(url)


def test_what_expires_while_the_service_is_stopped_is_pruned_at_the_next_start(
    new_database: Callable[[], str], session: str, tmp_path: Path
) -> None:
    url = new_database()
    with (
        serve(tmp_path / "any.db", database_url=url, session=session) as served,
        httpx2.Client(base_url=served.url) as client,
    ):
        for number in range(100):
            post(client, str(number))
    assert [(100,)] == execute(url, NUMBER)
    execute(url, "UPDATE idempotent_answer SET expires = 1")

    with serve(tmp_path / "any.db", database_url=url, session=session):
        wait_until_nothing_is_stored(url)


def test_a_client_with_too_many_keys_gets_429_for_a_new_one_only(
    new_database: Callable[[], str], session: str, tmp_path: Path
) -> None:
    url = new_database()
    settings = {"session": session, "key_limit_per_client": "2"}
    with (
        serve(tmp_path / "any.db", database_url=url, **settings) as served,
        httpx2.Client(base_url=served.url) as client,
    ):
        made = [post(client, key) for key in "ab"]
        refused = post(client, "c")
        replayed = post(client, "a")

    assert [200, 200] == [response.status_code for response in made]
    assert 429 == refused.status_code
    assert "application/problem+json" == refused.headers["Content-Type"]
    assert 86_000 < int(refused.headers["Retry-After"]) <= 86_400
    assert "true" == replayed.headers["Idempotency-Replayed"]
    assert [("127.0.0.1", 2)] == execute(
        url, "SELECT owner, count(*) FROM idempotent_answer GROUP BY owner"
    )


def test_when_all_keys_are_used_up_a_new_one_gets_503_until_one_expires(
    new_database: Callable[[], str], session: str, tmp_path: Path
) -> None:
    url = new_database()
    settings = {"session": session, "key_limit": "2", "key_lifetime": "5"}
    with (
        serve(tmp_path / "any.db", database_url=url, **settings) as served,
        httpx2.Client(base_url=served.url) as client,
    ):
        made = 0
        while (refused := post(client, str(made))).status_code == 200:
            made += 1
        replayed = post(client, "0")
        execute(url, "UPDATE idempotent_answer SET expires = 1")
        deadline = time.monotonic() + LIMIT
        while (again := post(client, "new")).status_code == 503 and time.monotonic() < deadline:
            time.sleep(PAUSE)

    assert 2 <= made <= 4, "some may be stored while the server still counts at its start"
    assert 503 == refused.status_code
    assert "true" == replayed.headers["Idempotency-Replayed"]
    assert 1 <= int(refused.headers["Retry-After"]) <= 5
    assert 200 == again.status_code
    assert "Idempotency-Replayed" not in again.headers


@pytest.fixture(scope="module")
def made(server: Served) -> Iterator[Callable[[Callable[[], str]], Sequence[int]]]:
    """A function that creates 100 heroes with long names, and returns their ids."""
    with httpx2.Client(base_url=server.url, timeout=10) as client:

        def make(text: Callable[[], str]) -> Sequence[int]:
            ids: list[int] = []
            for _ in range(10):
                heroes = [{"name": text(), "secret_name": text()} for _ in range(10)]
                response = client.post("/heroes/batch", json={"create": heroes})
                ids += [hero["id"] for hero in response.json()["created"]]
            return ids

        yield make


def test_a_response_of_300_kb_is_replayed_byte_for_byte(
    client: httpx2.Client, made: Callable[[Callable[[], str]], Sequence[int]]
) -> None:
    batch = {"update": [{"id": number, "changes": {}} for number in made(lambda: "\1" * 255)]}
    key = {"Idempotency-Key": str(uuid4())}

    first = client.post("/heroes/batch", json=batch, headers=key)
    again = client.post("/heroes/batch", json=batch, headers=key)

    assert (200, True) == (first.status_code, len(first.content) > 300_000)
    assert first.content == again.content
    assert "true" == again.headers["Idempotency-Replayed"]


def test_a_batch_whose_response_is_too_large_to_store_changes_nothing(
    client: httpx2.Client, made: Callable[[Callable[[], str]], Sequence[int]]
) -> None:
    random = Random(1)  # noqa: S311 - not secret
    ids = made(lambda: "".join(chr(random.randrange(0x10000, 0x10FFFF)) for _ in range(255)))
    batch = {
        "create": [],
        "update": [{"id": number, "changes": {"age": 29}} for number in ids],
    }
    key = {"Idempotency-Key": str(uuid4())}

    refused = client.post("/heroes/batch", json=batch, headers=key)
    unchanged = client.get(f"/heroes/{ids[0]}")
    without_key = client.post("/heroes/batch", json=batch)

    assert 422 == refused.status_code
    assert {
        "type": "response_too_large",
        "loc": ["header", "idempotency-key"],
        "msg": "Response is too large to be stored under a key; nothing was changed",
    } == refused.json()["detail"][0]
    assert (None, '"1"') == (unchanged.json()["age"], unchanged.headers["ETag"])
    assert 200 == without_key.status_code
