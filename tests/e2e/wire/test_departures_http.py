"""The wire contract's second table: methods, redirects, unique ids and races."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from tests.e2e.wire.contract import (
    JSON,
    METHOD_NOT_ALLOWED,
    NO_SUCH_HERO,
    PROBLEM,
    new_hero,
    ok,
    raw,
)
from tests.support.served import Served, serve

ROUNDS = 20
"""Number of races."""

COLLECTION = {"GET", "POST", "HEAD", "OPTIONS"}
HERO = {"GET", "PATCH", "DELETE", "HEAD", "OPTIONS"}
DOCUMENT = {"GET", "HEAD", "OPTIONS"}
RESOURCES = [
    ("/heroes/", COLLECTION),
    ("/heroes/?limit=1", COLLECTION),
    ("/heroes/1", HERO),
    ("/heroes/999999999", HERO),
    ("/heroes/no-number", HERO),
    ("/openapi.json", DOCUMENT),
    ("/docs", DOCUMENT),
]
STRANGE = ("PUT", "TRACE", "PROPFIND", "PURGE")
"""Methods that no resource supports."""


def allowed(response: httpx2.Response) -> set[str]:
    return set(response.headers["allow"].split(", "))


# Methods.


@pytest.mark.parametrize("path", ["/heroes/", "/heroes/{id}", "/heroes/0", "/heroes/x", "/docs"])
def test_head_has_the_headers_of_get_and_no_body(client: httpx2.Client, path: str) -> None:
    target = path.format(id=new_hero(client))
    get, head = client.get(target), client.head(target)

    for response in (get, head):
        del response.headers["date"], response.headers["x-request-id"]
    assert get.status_code == head.status_code
    assert get.headers == head.headers
    assert str(len(get.content)) == head.headers["content-length"]
    assert b"" == head.content


@pytest.mark.parametrize(("path", "methods"), RESOURCES)
def test_options_returns_every_method_of_the_resource(
    client: httpx2.Client, path: str, methods: set[str]
) -> None:
    response = client.options(path)

    assert (204, b"") == (response.status_code, response.content)
    assert methods == allowed(response)


@pytest.mark.parametrize(("path", "methods"), RESOURCES)
def test_an_unsupported_method_gets_405_with_the_allowed_ones(
    client: httpx2.Client, path: str, methods: set[str]
) -> None:
    for method in {"POST", "PATCH", "DELETE", *STRANGE} - methods:
        response = client.request(method, path)

        assert METHOD_NOT_ALLOWED == raw(response)
        assert (methods, "Accept") == (allowed(response), response.headers["vary"])


@pytest.mark.parametrize(("path", "methods"), RESOURCES)
def test_an_unsupported_method_gets_a_problem_if_the_client_prefers_one(
    client: httpx2.Client, path: str, methods: set[str]
) -> None:
    response = client.put(path, headers={"accept": PROBLEM})

    details = response.json()
    expected = ("about:blank", "Method Not Allowed", 405, path.partition("?")[0])
    assert (405, PROBLEM) == (response.status_code, response.headers["content-type"])
    assert (methods, "Accept") == (allowed(response), response.headers["vary"])
    assert expected == tuple(details[key] for key in ("type", "title", "status", "instance"))
    assert isinstance(details["detail"], str)


# Redirects.


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "x.localhost", "127.0.0.9", "[::1]"])
def test_a_redirect_is_relative_whatever_the_host_header(client: httpx2.Client, host: str) -> None:
    response = client.get("/heroes", headers={"host": host})

    assert (307, "/heroes/") == (response.status_code, response.headers["location"])
    assert b"" == response.content


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "PUT"])
def test_every_method_is_redirected_alike(client: httpx2.Client, method: str) -> None:
    response = client.request(method, "/heroes")

    assert (307, "/heroes/") == (response.status_code, response.headers["location"])


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/heroes?limit=1&offset=2", "/heroes/?limit=1&offset=2"),
        ("/heroes?next=//evil.example/%0d%0aX:%20y", "/heroes/?next=//evil.example/%0d%0aX:%20y"),
        ("/heroes?a=%C3%A9+%26&a", "/heroes/?a=%C3%A9+%26&a"),
        ("/heroes/1/?a=b", "/heroes/1?a=b"),
        ("/heroes/a%3Fb%23c%0d%0ad/", "/heroes/a%3Fb%23c%0D%0Ad"),
    ],
)
def test_a_redirect_preserves_the_query_and_escapes(
    client: httpx2.Client, target: str, location: str
) -> None:
    response = client.get(target)

    assert (307, location) == (response.status_code, response.headers["location"])


def test_a_client_that_follows_the_redirect_creates_its_hero(client: httpx2.Client) -> None:
    hero = {"name": "N", "secret_name": "S", "age": 1}
    response = client.post("/heroes", json=hero, follow_redirects=True)

    assert {**hero, "id": response.json()["id"]} == response.json()


# Ids.


def test_the_id_of_a_deleted_hero_is_never_reused(
    new_database: Callable[[], str], session: str, tmp_path: Path
) -> None:
    used_ids: list[int] = []
    url = new_database()
    for _ in ("the first server", "the second"):
        with (
            serve(tmp_path / "heroes.db", database_url=url, session=session) as server,
            httpx2.Client(base_url=server.url) as client,
        ):
            for _ in range(3):
                hero_id = new_hero(client)
                client.delete(f"/heroes/{hero_id}")
                used_ids.append(hero_id)

    assert list(range(1, 7)) == used_ids


# Races.


async def test_one_of_two_concurrent_deletes_gets_200_and_the_other_404(
    server: Served, client: httpx2.Client
) -> None:
    async with httpx2.AsyncClient(base_url=server.url, timeout=10) as racers:
        for _ in range(ROUNDS):
            path = f"/heroes/{new_hero(client)}"
            responses = await asyncio.gather(racers.delete(path), racers.delete(path))

            assert [ok(b'{"ok":true}'), NO_SUCH_HERO] == sorted(map(raw, responses))


@pytest.mark.parametrize("order", ["PATCH first", "DELETE first"])
async def test_a_patch_that_races_a_delete_gets_200_or_404(
    server: Served, client: httpx2.Client, order: str
) -> None:
    async with httpx2.AsyncClient(base_url=server.url, timeout=10) as racers:
        for _ in range(ROUNDS):
            hero_id = new_hero(client)
            path = f"/heroes/{hero_id}"
            patching = racers.patch(path, content=b'{"age":29}', headers={"content-type": JSON})
            deleting = racers.delete(path)
            if order == "PATCH first":
                patched, deleted = await asyncio.gather(patching, deleting)
            else:
                deleted, patched = await asyncio.gather(deleting, patching)

            hero = b'{"name":"Deadpond","secret_name":"Dive Wilson","age":29,"id":%d}' % hero_id
            assert ok(b'{"ok":true}') == raw(deleted)
            assert raw(patched) in {ok(hero), NO_SUCH_HERO}
            assert NO_SUCH_HERO == raw(client.get(path))


def test_the_service_is_live_and_ready(client: httpx2.Client) -> None:
    live, ready = client.get("/livez"), client.get("/readyz")

    assert (200, {"status": "ok", "checks": {}}) == (live.status_code, live.json())
    checks = {"process": "ok", "database": "ok", "schema": "ok"}
    assert (200, {"status": "ok", "checks": checks}) == (ready.status_code, ready.json())
