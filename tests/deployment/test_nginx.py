"""The service behind nginx with ``docs/nginx.conf``: clients get the same responses."""

import re
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import ExitStack

import httpx2
import pytest

from tests.deployment.intermediaries import NGINX, OPENSSL, nginx
from tests.support.served import LIMIT, Served, fresh_postgres, serve

pytestmark = [
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed"),
    pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed"),
]

Proxied = tuple[list[Served], httpx2.Client]

PUBLIC_NAME = "heroes.example"
NGINX_ADDRESS = "127.0.0.1"
CLIENT_ADDRESS = "127.0.0.5"
FORGED = "198.51.100.9"

SETTINGS = {"allowed_hosts": PUBLIC_NAME, "trusted_proxies": NGINX_ADDRESS}
HOST = {"Host": PUBLIC_NAME}

MAX_BODY = 64 * 1024
TOO_LARGE = b" " * (MAX_BODY + 1)
HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}
COMPARED_HEADERS = (
    "content-type",
    "content-length",
    "content-encoding",
    "location",
    "allow",
    "retry-after",
    "etag",
    "cache-control",
    "vary",
)

REQUESTS = {
    "a hero": (200, "GET", "/heroes/1", ""),
    "a page": (200, "GET", "/heroes/?offset=0&limit=1", ""),
    "a change": (200, "PATCH", "/heroes/1", '{"age": 48}'),
    "no hero": (404, "GET", "/heroes/999", ""),
    "no hero to delete": (404, "DELETE", "/heroes/999", ""),
    "no page": (404, "GET", "/no%2Fsuch//page?x=%22", ""),
    "no method": (405, "PUT", "/heroes/1", "{}"),
    "no number": (422, "GET", "/heroes/one", ""),
    "no name": (422, "POST", "/heroes/", '{"secret_name": "x"}'),
    "no JSON": (422, "POST", "/heroes/", "{"),
    "the largest body": (422, "POST", "/heroes/", " " * MAX_BODY),
    "a slash too few": (307, "GET", "/heroes?limit=1", ""),
}


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Proxied]:
    """Two servers on one database with one hero, and a client of nginx in front of them."""
    directory = tmp_path_factory.mktemp("served")
    with ExitStack() as running:
        url = running.enter_context(fresh_postgres(postgres_url))
        servers = [
            running.enter_context(serve(directory / f"{number}.db", database_url=url, **SETTINGS))
            for number in range(2)
        ]
        address = running.enter_context(nginx([server.url for server in servers]))
        transport = httpx2.HTTPTransport(verify=False, local_address=CLIENT_ADDRESS)
        client = running.enter_context(
            httpx2.Client(base_url=address, transport=transport, headers=HOST)
        )
        client.post("/heroes/", json=HERO)
        yield servers, client


@pytest.mark.parametrize("name", REQUESTS)
def test_responses_pass_through_unchanged(proxied: Proxied, name: str) -> None:
    servers, client = proxied
    status, method, path, body = REQUESTS[name]
    headers = {"Content-Type": "application/json", **HOST}

    through = client.request(method, path, content=body, headers=headers)
    directly = httpx2.request(method, servers[0].url + path, content=body, headers=headers)

    assert status == through.status_code
    assert comparable(directly) == comparable(through)


def test_the_largest_link_passes_through(proxied: Proxied) -> None:
    _, client = proxied
    name = "\U0001f9b8" * 255
    for _ in range(2):
        client.post("/heroes/", json={"name": name, "secret_name": "x"})
    filters = {"name__startswith": name, "name__contains": "\U0001f9b8" * 200}

    page = client.get("/heroes/", params={"sort": "name", "limit": 1, **filters})
    following = client.get(page.url.join(page.links["next"]["url"]))

    assert (200, 200) == (page.status_code, following.status_code)
    assert len(page.headers["link"]) > 6_000


def test_a_redirect_stays_on_the_clients_host(
    proxied: Proxied,
) -> None:
    _, client = proxied

    response = client.get("/heroes", follow_redirects=True)

    assert (200, client.base_url.join("/heroes/")) == (response.status_code, response.url)


def test_under_a_prefix_a_client_follows_every_location_and_link(proxied: Proxied) -> None:
    _, client = proxied

    created = client.post("/api/heroes/", json=HERO)
    location = created.headers["Location"]
    tag = {"If-Match": created.headers["ETag"]}
    changed = client.patch(location, json={"age": 30}, headers=tag)
    page = client.get("/api/heroes", params={"limit": 1}, follow_redirects=True)
    following = client.get(page.url.join(page.links["next"]["url"]))
    deleted = client.delete(location)

    assert f"/api/heroes/{created.json()['id']}" == location
    responses = [changed, page, following, deleted]
    assert [200] * 4 == [response.status_code for response in responses]
    assert ["/api/heroes/"] * 2 == [page.url.path, following.url.path]
    assert 404 == client.get(location).status_code


def test_under_a_prefix_the_document_and_its_page_name_it(proxied: Proxied) -> None:
    _, client = proxied

    document = client.get("/api/openapi.json").json()
    page = client.get("/api/docs")

    files = re.findall('(?:src|href)="([^"]+)"', page.text)
    without_prefix = client.get("/openapi.json").json()
    assert 3 == len(files)
    assert [200] * 3 == [client.get(file).status_code for file in files]
    assert "/api/openapi.json" in page.text
    assert ["/api", "/"] == [
        server["url"] for each in (document, without_prefix) for server in each["servers"]
    ]


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_a_client_can_not_choose_the_prefix(proxied: Proxied, prefix: str) -> None:
    _, client = proxied

    response = client.get(f"{prefix}/heroes", headers={"X-Forwarded-Prefix": "/forged"})

    assert f"{prefix}/heroes/" == response.headers["Location"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", f"x.{PUBLIC_NAME}"])
def test_another_host_is_misdirected(proxied: Proxied, host: str) -> None:
    _, client = proxied

    response = client.get("/heroes/", headers={"Host": host})

    assert (421, "application/problem+json") == (
        response.status_code,
        response.headers["Content-Type"],
    )


def test_a_malformed_host_is_refused(proxied: Proxied) -> None:
    _, client = proxied

    assert 400 == client.get("/heroes/", headers={"Host": "u@h"}).status_code


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Accept", "*/*"),
        ("X-Forwarded-For", FORGED),
        ("Forwarded", f"for={FORGED}"),
        ("Forwarded", f"for={CLIENT_ADDRESS}, for={FORGED}"),
    ],
)
def test_the_access_log_names_the_client_whatever_it_forges(
    proxied: Proxied, name: str, value: str
) -> None:
    servers, client = proxied
    path = f"/heroes/{uuid.uuid4().int}"

    assert 404 == client.get(path, headers={name: value}).status_code

    assert CLIENT_ADDRESS == logged_client(servers, path)


@pytest.mark.parametrize("body", [TOO_LARGE, [TOO_LARGE]], ids=["whole", "in chunks"])
def test_a_body_that_is_too_large_gets_the_response_of_the_service(
    proxied: Proxied, body: bytes | Iterable[bytes]
) -> None:
    _, client = proxied

    response = client.post("/heroes/", content=body)

    assert (413, "application/problem+json") == (
        response.status_code,
        response.headers["Content-Type"],
    )
    assert "A body may have at most 65536 bytes." == response.json()["detail"]


def test_reads_succeed_while_a_server_stops_and_get_503_without_servers(
    proxied: Proxied,
) -> None:
    servers, client = proxied
    before = [client.get("/heroes/1").status_code for _ in range(10)]

    servers[0].process.terminate()
    meanwhile = []
    while servers[0].process.poll() is None:
        meanwhile.append(client.get("/heroes/1").status_code)
    after = [client.get("/heroes/1").status_code for _ in range(10)]
    made = client.post("/heroes/", json=HERO)
    deleted = client.delete(f"/heroes/{made.json()['id']}")
    servers[1].terminate()
    refused = [client.request(method, "/heroes/1") for method in ("GET", "PATCH", "DELETE")]

    assert {200} == {*before, *meanwhile, *after}
    assert (200, 200) == (made.status_code, deleted.status_code)
    for response in refused:
        assert (503, "1") == (response.status_code, response.headers["Retry-After"])
        assert "application/problem+json" == response.headers["Content-Type"]


def logged_client(servers: list[Served], path: str) -> str:
    """Return the client of the request for this path, when one of the servers has logged it."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        lines = "".join(server.output() for server in servers).splitlines()
        for line in lines:
            if f'"GET {path} ' in line:
                return line.split()[2].rpartition(":")[0]
    raise TimeoutError


def comparable(response: httpx2.Response) -> object:
    """Return what must be equal with and without nginx."""
    headers = {name: response.headers.get(name) for name in COMPARED_HEADERS}
    return response.status_code, headers, response.content
