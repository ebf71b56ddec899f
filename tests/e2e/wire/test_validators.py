"""The wire contract's "Validators", byte for byte."""

import asyncio

import httpx2
import pytest

from tests.e2e.wire.contract import (
    NO_SUCH_HERO,
    PROBLEM,
    RawResponse,
    new_hero,
    ok,
    patch,
    post,
    raw,
)
from tests.support.served import Served

RACERS = 8
DELETED = ok(b'{"ok":true}')


def deadpond(hero_id: int, age: int = 28) -> RawResponse:
    """Return the response with Deadpond at this age."""
    return ok(b'{"name":"Deadpond","secret_name":"Dive Wilson","age":%d,"id":%d}' % (age, hero_id))


def stale(hero_id: int) -> RawResponse:
    """Return the response to a failed precondition."""
    return RawResponse(
        412,
        PROBLEM,
        b'{"type":"about:blank","title":"Precondition Failed","status":412,'
        b'"detail":"The resource has changed. Fetch it again.",'
        b'"instance":"/heroes/%d"}' % hero_id,
    )


def test_every_response_with_one_hero_has_the_etag_of_its_version(
    client: httpx2.Client,
) -> None:
    made = post(client, b'{"name":"Deadpond","secret_name":"Dive Wilson","age":28}')
    path = f"/heroes/{made.json()['id']}"
    read = client.get(path)
    headed = client.head(path)
    changed = client.patch(path, json={"age": 29})
    read_again = client.get(path)

    responses = (made, read, headed, changed, read_again)
    assert ['"1"', '"1"', '"1"', '"2"', '"2"'] == [
        response.headers["etag"] for response in responses
    ]


def test_an_update_to_equal_values_keeps_the_etag(client: httpx2.Client, hero_id: int) -> None:
    for body in (b"{}", b'{"age":28}'):
        assert '"1"' == patch(client, hero_id, body).headers["etag"]
    assert '"1"' == client.get(f"/heroes/{hero_id}").headers["etag"]


def test_responses_without_a_single_hero_have_no_etag(client: httpx2.Client, hero_id: int) -> None:
    responses = (
        client.get("/heroes/"),
        client.get("/heroes/0"),
        client.patch(f"/heroes/{hero_id}", json={"age": -1}),
        client.delete(f"/heroes/{hero_id}"),
    )

    assert [None] * 4 == [response.headers.get("etag") for response in responses]


def test_caches_ask_again_for_heroes_and_lists_and_store_no_error(
    client: httpx2.Client, hero_id: int
) -> None:
    path = f"/heroes/{hero_id}"
    current = {"if-none-match": '"1"'}
    sent = [("GET", path, {}), ("GET", path, current), ("HEAD", path, {}), ("GET", "/heroes/", {})]
    heroes = [client.request(method, url, headers=headers) for method, url, headers in sent]
    errors = [client.get("/heroes/0"), client.delete(path, headers={"if-match": '"9"'})]

    cache_control = [response.headers["cache-control"] for response in (*heroes, *errors)]
    assert [200, 304, 200, 200, 404, 412] == [each.status_code for each in (*heroes, *errors)]
    assert ["private, no-cache"] * 4 + ["no-store"] * 2 == cache_control
    assert "Prefer" == heroes[-1].headers["vary"]


def test_a_list_and_the_response_to_a_batch_include_the_etags_on_request(
    client: httpx2.Client, hero_id: int
) -> None:
    patch(client, hero_id, b'{"age":29}')
    listed = client.get("/heroes/?sort=-id&limit=1&include=etag")
    batch = {
        "create": [{"name": "N", "secret_name": "S"}],
        "update": [{"id": hero_id, "etag": listed.json()[0]["etag"], "changes": {"age": 30}}],
    }
    done = client.post("/heroes/batch?include=etag", json=batch)

    hero = b'{"name":"Deadpond","secret_name":"Dive Wilson","age":%d,"id":%d,"etag":"\\"%d\\""}'
    made = b'{"name":"N","secret_name":"S","age":null,"id":%d,"etag":"\\"1\\""}' % (hero_id + 1)
    updated = hero % (30, hero_id, 3)
    assert ok(b"[%b]" % (hero % (29, hero_id, 2))) == raw(listed)
    assert ok(b'{"created":[%b],"updated":[%b],"deleted":[]}' % (made, updated)) == raw(done)


@pytest.mark.parametrize("host", ["x.localhost", "localhost:1"])
def test_a_post_returns_a_relative_location_whatever_the_host_header(
    client: httpx2.Client, host: str
) -> None:
    hero = {"name": "N", "secret_name": "S"}
    made = client.post("/heroes/", json=hero, headers={"host": host})

    location = made.headers["location"]
    assert f"/heroes/{made.json()['id']}" == location
    assert made.json() == client.get(location).json()


def test_an_unchanged_hero_gets_304(client: httpx2.Client, hero_id: int) -> None:
    path = f"/heroes/{hero_id}"
    for value in ('"1"', 'W/"1"', '"7", "1"', "*"):
        for method in ("GET", "HEAD"):
            response = client.request(method, path, headers={"if-none-match": value})

            assert (RawResponse(304, None, b""), '"1"') == (raw(response), response.headers["etag"])


def test_a_changed_hero_is_sent(client: httpx2.Client, hero_id: int) -> None:
    patch(client, hero_id, b'{"age":29}')

    response = client.get(f"/heroes/{hero_id}", headers={"if-none-match": '"1"'})

    assert (deadpond(hero_id, 29), '"2"') == (raw(response), response.headers["etag"])


@pytest.mark.parametrize("value", ['"1"', '"7", "1"', "*"])
def test_patch_and_delete_with_the_current_etag_succeed(
    client: httpx2.Client, hero_id: int, value: str
) -> None:
    path = f"/heroes/{hero_id}"
    changed = client.patch(path, json={"age": 29}, headers={"if-match": value})
    deleted = client.delete(path, headers={"if-match": value.replace("1", "2")})

    assert (deadpond(hero_id, 29), '"2"') == (raw(changed), changed.headers["etag"])
    assert DELETED == raw(deleted)
    assert NO_SUCH_HERO == raw(client.get(path))


@pytest.mark.parametrize("value", ['"1"', '"1", "3"', '""', ""])
def test_patch_and_delete_with_another_etag_get_412_with_the_current_one(
    client: httpx2.Client, hero_id: int, value: str
) -> None:
    path = f"/heroes/{hero_id}"
    patch(client, hero_id, b'{"age":29}')

    changed = client.patch(path, json={"age": 30}, headers={"if-match": value})
    deleted = client.delete(path, headers={"if-match": value})

    assert (stale(hero_id), '"2"') == (raw(changed), changed.headers["etag"])
    assert (stale(hero_id), '"2"') == (raw(deleted), deleted.headers["etag"])
    assert deadpond(hero_id, 29) == raw(client.get(path))


def test_patch_and_delete_with_a_weak_etag_get_412_that_says_so(
    client: httpx2.Client, hero_id: int
) -> None:
    path = f"/heroes/{hero_id}"
    weak = {"if-match": 'W/"1"'}

    responses = [
        client.patch(path, json={"age": 30}, headers=weak),
        client.delete(path, headers=weak),
    ]

    for response in responses:
        assert (412, '"1"') == (response.status_code, response.headers["etag"])
        assert response.json()["detail"].startswith("A weak entity tag")
    assert deadpond(hero_id) == raw(client.get(path))


@pytest.mark.parametrize("name", ["if-match", "if-none-match"])
@pytest.mark.parametrize("value", ["1", '"1', '"1" "2"', '*, "1"', 'w/"1"'])
def test_a_malformed_list_of_entity_tags_gets_422(
    client: httpx2.Client, hero_id: int, name: str, value: str
) -> None:
    path = f"/heroes/{hero_id}"
    responses = [
        client.get(path, headers={name: value}),
        client.patch(path, json={"age": 29}, headers={name: value}),
        client.delete(path, headers={name: value}),
    ]

    refused = RawResponse(
        422,
        "application/json",
        b'{"detail":[{"type":"entity_tags","loc":["header","%s"],"msg":'
        b'"Input should be * or a list of entity tags, such as \\"1\\", \\"2\\""}]}'
        % name.encode(),
    )
    assert [refused] * 3 == [raw(response) for response in responses]
    assert deadpond(hero_id) == raw(client.get(path))


@pytest.mark.parametrize("name", ["if-match", "if-none-match"])
@pytest.mark.parametrize("value", ["*", '"1"'])
def test_a_missing_hero_gets_404_whatever_the_precondition(
    client: httpx2.Client, name: str, value: str
) -> None:
    condition = {name: value}

    assert NO_SUCH_HERO == raw(client.get("/heroes/0", headers=condition))
    assert NO_SUCH_HERO == raw(client.patch("/heroes/0", json={}, headers=condition))
    assert NO_SUCH_HERO == raw(client.delete("/heroes/0", headers=condition))


async def test_one_of_several_concurrent_patches_of_a_version_succeeds(
    server: Served, client: httpx2.Client
) -> None:
    path = f"/heroes/{new_hero(client)}"
    async with httpx2.AsyncClient(base_url=server.url, timeout=10) as racers:
        responses = await asyncio.gather(
            *(
                racers.patch(path, json={"age": 100 + number}, headers={"if-match": '"1"'})
                for number in range(RACERS)
            )
        )

    (done,) = [response for response in responses if response.status_code == 200]
    assert [200] + [412] * (RACERS - 1) == sorted(response.status_code for response in responses)
    assert {'"2"'} == {response.headers["etag"] for response in responses}
    assert done.json() == client.get(path).json()
