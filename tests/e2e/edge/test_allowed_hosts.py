"""A request for a host that the server does not serve gets 421."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.edge.responses import Response, talk
from tests.e2e.raw_http import JSON, request
from tests.support.served import Served, serve

pytestmark = pytest.mark.canary

EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - what the test is about
MISDIRECTED = "This server does not serve the requested host. Check the URL."
CLOSE = b"Connection: close"
EVIL = "evil.example"


def ask(server: Served, host: str, target: str = "/heroes/", version: str = "1.1") -> Response:
    """Return the response to a GET for this host."""
    head = f"GET {target} HTTP/{version}\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    (response,) = talk(server.address, head.encode())
    return response


@contextmanager
def allowing(folder: Path, hosts: str, **settings: str) -> Iterator[Served]:
    with serve(folder / "heroes.db", allowed_hosts=hosts, **settings) as served:
        yield served


# By default, on loopback.


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:80",
        "api.localhost:8000",
        "localhost.",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.9.9.9",
        "[::1]:8000",
    ],
)
def test_on_loopback_loopback_names_and_addresses_are_served(server: Served, host: str) -> None:
    assert 200 == ask(server, host).status


@pytest.mark.parametrize(
    "host", [EVIL, f"{EVIL}:8000", "localhost.evil.example", "192.0.2.1", EVERY_ADDRESS, ""]
)
def test_on_loopback_other_hosts_are_misdirected(server: Served, host: str) -> None:
    response = ask(server, host, "/heroes/?limit=1")

    assert (421, MISDIRECTED, "/heroes/") == response.problem


def test_http_1_0_without_a_host_is_served(server: Served) -> None:
    (response,) = talk(server.address, b"GET /heroes/ HTTP/1.0\r\n\r\n")

    assert 200 == response.status


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/version"])
def test_probes_may_use_any_host(server: Served, path: str) -> None:
    statuses = [ask(server, host, path).status for host in (EVIL, "localhost")]

    assert statuses[0] == statuses[1] != 421
    assert 421 == ask(server, EVIL, f"{path}/").status
    assert 421 == ask(server, EVIL, f"{path}x").status
    assert statuses[0] == ask(server, EVIL, f"{path}?a=b").status


def test_the_host_of_an_absolute_target_is_that_of_the_request(server: Served) -> None:
    assert 200 == ask(server, EVIL, "http://localhost:1/heroes/").status
    assert 421 == ask(server, "localhost", f"http://{EVIL}/heroes/").status


def test_the_connection_of_a_misdirected_request_stays_open(server: Served) -> None:
    body = b'{"name":"Deadpond","secret_name":"Dive Wilson"}'
    head = (JSON, b"Content-Length: %d" % len(body))
    post = request(b"/heroes/", *head, method=b"POST", host=b"Host: evil.example", body=body)
    sent = post + request() + post + request(b"/heroes/", CLOSE)

    responses = talk(server.address, sent)

    assert [421, 200, 421, 200] == [response.status for response in responses]
    assert b"[]" == responses[-1].body


# As configured.


def test_named_hosts_and_subdomains_are_served(tmp_path: Path) -> None:
    with allowing(tmp_path, "api.example, *.internal, 2001:DB8::0001") as served:
        for host in ("api.example:443", "API.Example.", "a.b.internal", "[2001:db8::1]"):
            assert 200 == ask(served, host).status, host
        for host in ("localhost", "127.0.0.1", "internal", "x.api.example", "[2001:db8::2]"):
            assert 421 == ask(served, host).status, host


def test_an_asterisk_allows_every_host(tmp_path: Path) -> None:
    with allowing(tmp_path, "*") as served:
        for host in (EVIL, "192.0.2.1", "[2001:db8::2]:9", "localhost"):
            assert 200 == ask(served, host).status, host
        assert 400 == ask(served, "u@h").status


def test_a_server_that_listens_on_every_address_serves_every_host(tmp_path: Path) -> None:
    with allowing(tmp_path, "", host=EVERY_ADDRESS, auth="none") as served:
        assert 200 == ask(served, EVIL).status
        assert 400 == ask(served, "u@h").status


def test_configured_hosts_apply_on_every_address(tmp_path: Path) -> None:
    with allowing(tmp_path, "api.example", host=EVERY_ADDRESS, auth="none") as served:
        assert 200 == ask(served, "api.example").status
        assert 421 == ask(served, EVIL).status
