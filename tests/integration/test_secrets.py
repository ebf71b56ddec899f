"""A hero's secret name is only in responses that return the hero."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.integration.disk_limits import disk_full
from tests.support.missing import NOWHERE
from tests.support.served import Served, serve

CANARY = "canary7d0f3b9a41c85e26"

GOOD: dict[str, Any] = {"name": "Deadpond", "secret_name": CANARY, "age": 28}

INVALID: dict[str, Any] = {
    "a wrong age": {**GOOD, "age": CANARY},
    "a negative age": {**GOOD, "age": -1},
    "a fraction": {**GOOD, "age": 1.5},
    "no name": {"secret_name": CANARY},
    "a blank name": {**GOOD, "name": " "},
    "a long secret": {**GOOD, "secret_name": CANARY * 100},
    "a secret with NUL": {**GOOD, "secret_name": CANARY + "\0"},
    "a secret with a surrogate": {**GOOD, "secret_name": CANARY + "\ud800"},
    "a secret in a list": {**GOOD, "secret_name": [CANARY]},
    "a secret in an object": {**GOOD, "secret_name": {CANARY: CANARY}},
    "a list": [GOOD],
    "a string": CANARY,
}

BROKEN = {
    "cut off": b'{"name": "Deadpond", "secret_name": "%s' % CANARY.encode(),
    "no JSON": CANARY.encode(),
    "no UTF-8": b'{"name": "\xff", "secret_name": "%s"}' % CANARY.encode(),
    "a huge number": b'{"secret_name": "%s", "age": %s}' % (CANARY.encode(), b"9" * 5000),
    "nested too deeply": b'{"secret_name": "%s", "x": %s' % (CANARY.encode(), b"[" * 20_000),
    "too large": json.dumps({**GOOD, "name": "N" * 70_000}).encode(),
}

QUERIES = (
    ("GET", f"/heroes/?limit={CANARY}"),
    ("GET", f"/heroes/?offset={CANARY}"),
    ("GET", f"/heroes/?secret_name={CANARY}&limit=-1"),
    ("GET", f"/heroes/999999?secret_name={CANARY}"),
    ("GET", f"{NOWHERE}?secret_name={CANARY}"),
    ("PUT", f"/heroes/?secret_name={CANARY}"),
)

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("served") / "heroes.db", lock_timeout="0.1") as served:
        yield served


@pytest.fixture
def client(server: Served) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, timeout=20) as client:
        yield client


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("body", INVALID.values(), ids=INVALID)
def test_an_invalid_body_is_not_echoed(client: httpx2.Client, method: str, body: Any) -> None:
    content = json.dumps(body)
    if method == "PATCH" and body == INVALID["no name"]:
        content = json.dumps({**body, "name": None})

    refused = client.request(method, path_for(method), content=content, headers=JSON)

    assert 422 == refused.status_code
    assert_silent(refused)


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_body_is_not_echoed(client: httpx2.Client, method: str, content: bytes) -> None:
    refused = client.request(method, path_for(method), content=content, headers=JSON)

    assert refused.status_code in {400, 413, 422}
    assert_silent(refused)


@pytest.mark.parametrize(("method", "url"), QUERIES)
def test_a_query_is_not_echoed(client: httpx2.Client, method: str, url: str) -> None:
    refused = client.request(method, url)

    assert refused.is_client_error
    assert_silent(refused)


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_failing_commit_reveals_no_secret(
    server: Served, client: httpx2.Client, method: str
) -> None:
    hero_id = client.post("/heroes/", json={"name": "A", "secret_name": "B"}).json()["id"]

    with disk_full(server):
        path = f"/heroes/{hero_id}" if method == "PATCH" else "/heroes/"
        refused = client.request(method, path, json=GOOD)

    assert 503 == refused.status_code
    assert_silent(refused)


def test_the_server_logs_no_secret(server: Served, client: httpx2.Client) -> None:
    hero_id = client.post("/heroes/", json=GOOD).json()["id"]
    client.patch(f"/heroes/{hero_id}?secret_name={CANARY}", json=GOOD)
    client.get(f"/heroes/{hero_id}?secret_name={CANARY}")
    client.get(f"/heroes?secret_name={CANARY}")
    client.request("DELETE", f"/heroes/{hero_id}", json=GOOD)
    for method in ("POST", "PATCH"):
        for body in INVALID.values():
            client.request(method, path_for(method), content=json.dumps(body), headers=JSON)
        for content in BROKEN.values():
            client.request(method, path_for(method), content=content, headers=JSON)
    for method, url in QUERIES:
        client.request(method, url)
    with disk_full(server):
        assert 503 == client.post("/heroes/", json=GOOD).status_code
    send_no_http(server)

    assert 0 == server.terminate()

    assert '"POST /heroes/ HTTP/1.1" 503' in server.output()
    assert CANARY not in server.output()


def path_for(method: str) -> str:
    return "/heroes/" if method == "POST" else "/heroes/1"


def assert_silent(response: httpx2.Response) -> None:
    assert CANARY not in response.text
    assert CANARY not in str(response.headers)


def send_no_http(server: Served) -> None:
    with socket.create_connection(server.address, timeout=20) as connection:
        connection.sendall(f"{CANARY}\r\n\r\n".encode())
        while connection.recv(4096):
            pass
