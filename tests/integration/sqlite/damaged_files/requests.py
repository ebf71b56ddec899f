"""A service over a file in trouble, and what it has to answer then."""

import httpx2

from entrypoints.api.app import build_app
from service_layer.unit_of_work import UnitOfWorkFactory

BODY = {"name": "Deadpond", "secret_name": "Dive Wilson"}


def client_of(database: UnitOfWorkFactory) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(build_app(database))
    return httpx2.AsyncClient(transport=transport, base_url="http://heroes")


def assert_unavailable(answer: httpx2.Response) -> None:
    assert 503 == answer.status_code, answer.text
    assert "application/problem+json" == answer.headers["content-type"]
    assert int(answer.headers["retry-after"]) > 0
