"""A server without compiled routes responds as one with them, which the other tests use."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import pytest

from tests.support.served import serve

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 28}
KEY = {"Idempotency-Key": '"one"'}
VARYING = {"date", "x-request-id"}

REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/heroes/", {"json": HERO}),
    ("POST", "/heroes/", {"json": HERO, "headers": KEY}),
    ("POST", "/heroes/", {"json": HERO, "headers": KEY}),
    ("POST", "/heroes/", {"json": {"name": ""}}),
    ("POST", "/heroes/", {"content": b"{", "headers": {"Content-Type": "application/json"}}),
    ("POST", "/heroes/", {"content": b"{}", "headers": {"Content-Type": "text/plain"}}),
    ("POST", "/heroes/batch", {"json": {"create": [HERO], "delete": [{"id": 1}]}}),
    ("GET", "/heroes/", {}),
    ("GET", "/heroes/?limit=1&sort=-id&include=etag", {"headers": {"Prefer": "count=exact"}}),
    ("GET", "/heroes/?limit=x&offset=-1", {}),
    ("GET", "/heroes/2", {}),
    ("HEAD", "/heroes/2", {}),
    ("GET", "/heroes/2", {"headers": {"If-None-Match": '"1"'}}),
    ("GET", "/heroes/x", {"headers": {"Accept": "application/problem+json"}}),
    ("PATCH", "/heroes/2", {"json": {"age": 29}, "headers": {"If-Match": '"1"'}}),
    ("PATCH", "/heroes/2", {"json": {"age": 30}, "headers": {"If-Match": '"1"'}}),
    ("DELETE", "/heroes/1", {}),
    ("DELETE", "/heroes/2", {}),
    ("PUT", "/heroes/2", {}),
    ("OPTIONS", "/heroes/", {}),
]


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[httpx2.Client]]:
    """Clients of a server with compiled routes, and of one without."""
    with ExitStack() as entered:
        yield [
            entered.enter_context(httpx2.Client(base_url=served.url, timeout=10))
            for setting in ("true", "false")
            for served in [
                entered.enter_context(
                    serve(tmp_path_factory.mktemp(setting) / "heroes.db", compiled_routes=setting)
                )
            ]
        ]


def test_all_responses_are_the_same(clients: list[httpx2.Client]) -> None:
    for method, path, arguments in REQUESTS:
        compiled, others = (
            without_varying(client.request(method, path, **arguments)) for client in clients
        )
        assert others == compiled, (method, path)


def without_varying(response: httpx2.Response) -> tuple[int, list[tuple[str, str]], bytes]:
    headers = [each for each in response.headers.multi_items() if each[0] not in VARYING]
    return response.status_code, headers, response.content
