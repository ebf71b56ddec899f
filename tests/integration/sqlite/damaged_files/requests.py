"""A service on a damaged file, and the response that it must send."""

import httpx2

from entrypoints.api.app import build_app
from service_layer.unit_of_work import UnitOfWorkFactory

BODY = {"name": "Deadpond", "secret_name": "Dive Wilson"}


def client_of(database: UnitOfWorkFactory) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(build_app(database))
    return httpx2.AsyncClient(transport=transport, base_url="http://heroes")


def assert_unavailable(response: httpx2.Response) -> None:
    assert 503 == response.status_code, response.text
    assert "application/problem+json" == response.headers["content-type"]
    assert int(response.headers["retry-after"]) > 0
