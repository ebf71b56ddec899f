"""The wire contract's first table: responses that equal the tutorial's, byte for byte."""

from collections.abc import Callable, Iterator

import httpx2
import pytest

from tests.e2e.wire.contract import NO_SUCH_HERO, RawResponse, ok, patch, post, raw
from tests.support.served import serve


@pytest.fixture(scope="module")
def full_client(
    new_database: Callable[[], str], session: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx2.Client]:
    """A client of a server with exactly the heroes 1 to 103."""
    with (
        serve(
            tmp_path_factory.mktemp("served") / "heroes.db",
            database_url=new_database(),
            session=session,
        ) as server,
        httpx2.Client(base_url=server.url, timeout=10) as client,
    ):
        for number in range(103, 0, -1):
            client.post("/heroes/", json={"name": f"Hero {number:03}", "secret_name": "x"})
        yield client


def listed(first: int, last: int) -> RawResponse:
    """Return the list response with these ids, of the server of ``full_client``."""
    heroes = (
        f'{{"name":"Hero {104 - number:03}","secret_name":"x","age":null,"id":{number}}}'
        for number in range(first, last + 1)
    )
    return ok(f"[{','.join(heroes)}]".encode())


def test_a_hero_is_created_read_updated_and_deleted_as_in_the_tutorial(
    full_client: httpx2.Client,
) -> None:
    made = post(full_client, b'{"name":"Deadpond","secret_name":"Dive Wilson"}')
    read = full_client.get("/heroes/104")
    changed = patch(full_client, 104, b'{"age":31}')
    deleted = full_client.delete("/heroes/104")
    gone = full_client.get("/heroes/104")

    hero = b'{"name":"Deadpond","secret_name":"Dive Wilson","age":%s,"id":104}'
    assert ok(hero % b"null") == raw(made)
    assert ok(hero % b"null") == raw(read)
    assert ok(hero % b"31") == raw(changed)
    assert ok(b'{"ok":true}') == raw(deleted)
    assert NO_SUCH_HERO == raw(gone)


def test_fields_are_returned_in_the_declared_order(
    client: httpx2.Client,
) -> None:
    response = post(client, '{"age":7,"secret_name":"Ćwir","name":"Rusty-Man 🦸"}'.encode())

    made = response.json()["id"]
    expected = f'{{"name":"Rusty-Man 🦸","secret_name":"Ćwir","age":7,"id":{made}}}'
    assert ok(expected.encode()) == raw(response)
    assert ok(expected.encode()) == raw(client.get(f"/heroes/{made}"))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"name":"N"}', b'"N","secret_name":"Dive Wilson","age":28'),
        (b'{"secret_name":"S"}', b'"Deadpond","secret_name":"S","age":28'),
        (b'{"age":0}', b'"Deadpond","secret_name":"Dive Wilson","age":0'),
        (b'{"age":null}', b'"Deadpond","secret_name":"Dive Wilson","age":null'),
        (b'{"age":1,"name":"N","secret_name":"S"}', b'"N","secret_name":"S","age":1'),
        (b"{}", b'"Deadpond","secret_name":"Dive Wilson","age":28'),
    ],
)
def test_a_patch_changes_only_the_given_fields_and_returns_the_hero(
    client: httpx2.Client, hero_id: int, body: bytes, expected: bytes
) -> None:
    response = patch(client, hero_id, body)

    hero = ok(b'{"name":%s,"id":%d}' % (expected, hero_id))
    assert hero == raw(response)
    assert hero == raw(client.get(f"/heroes/{hero_id}"))


def test_unknown_fields_of_a_body_are_ignored_and_never_stored(client: httpx2.Client) -> None:
    extra = b'"id":%d,"version":9,"ok":false,"power":{"fly":[1]},"Age":5' % (2**63 - 1)
    made = post(client, b'{"name":"N","secret_name":"S",%s}' % extra)
    hero_id = made.json()["id"]
    changed = patch(client, hero_id, b"{%s}" % extra)

    expected = ok(b'{"name":"N","secret_name":"S","age":null,"id":%d}' % hero_id)
    assert 2**63 - 1 != hero_id
    assert expected == raw(made)
    assert expected == raw(changed)
    assert expected == raw(client.get(f"/heroes/{hero_id}"))


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (b'"12"', b"12"),
        (b"12.0", b"12"),
        (b'"12.0"', b"12"),
        (b'" 12 "', b"12"),
        (b'"+5"', b"5"),
        (b'"007"', b"7"),
        (b'"1_000"', b"1000"),
        (b"1e3", b"1000"),
        (b"-0", b"0"),
        (b"-0.0", b"0"),
        (b"true", b"1"),
        (b"false", b"0"),
    ],
)
def test_an_age_is_parsed_as_leniently_as_in_the_tutorial(
    client: httpx2.Client, sent: bytes, stored: bytes
) -> None:
    response = post(client, b'{"name":"N","secret_name":"S","age":%s}' % sent)

    hero = b'{"name":"N","secret_name":"S","age":%s,"id":%d}'
    assert ok(hero % (stored, response.json()["id"])) == raw(response)


def test_an_empty_page_is_an_empty_array(full_client: httpx2.Client) -> None:
    assert ok(b"[]") == raw(full_client.get("/heroes/?offset=103"))


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("", 1, 100),
        ("?limit=100", 1, 100),
        ("?offset=0&limit=2", 1, 2),
        ("?offset=1&limit=2", 2, 3),
        ("?offset=100", 101, 103),
        ("?offset=102&limit=1", 103, 103),
        ("?offset=103", 104, 103),
        ("?limit=0", 1, 0),
        ("?limit=1.0&offset=%2B1", 2, 2),
        ("?limit=1&limit=3", 1, 3),
        ("?Limit=1&limit=2&page=7&sorted=no", 1, 2),
    ],
)
def test_heroes_are_listed_by_id_at_most_100_at_a_time(
    full_client: httpx2.Client, query: str, first: int, last: int
) -> None:
    assert listed(first, last) == raw(full_client.get(f"/heroes/{query}"))
