"""A trusted proxy names the client, for the access log, and the root path. Nobody else does."""

from collections.abc import Callable, Iterator

import pytest

from tests.e2e.edge.responses import talk
from tests.e2e.raw_http import request
from tests.support.served import Served, serve

pytestmark = pytest.mark.canary

PROXY = "127.0.0.1"
CLIENT = "203.0.113.7"
FORGED = "198.51.100.9"


@pytest.fixture(scope="module")
def behind_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that trusts its peer, and one network."""
    path = tmp_path_factory.mktemp("served") / "heroes.db"
    with serve(path, trusted_proxies="127.0.0.1, 10.0.0.0/8") as served:
        yield served


@pytest.fixture
def logged_client(behind_proxy: Served) -> Callable[..., str]:
    """A function that sends a request with these headers, and returns the client in the log."""
    return lambda *headers: client_in_log(behind_proxy, *headers)


def client_in_log(served: Served, *headers: bytes) -> str:
    sent = request(b"/heroes/", *headers, b"Connection: close")
    assert [200] == [response.status for response in talk(served.address, sent)]
    served.wait_until_printed('"GET /heroes/ HTTP/1.1" 200', 1)
    *_, line = (line for line in served.output().splitlines() if "GET /heroes/" in line)
    client = line.split()[2]
    address, _, _ = client.rpartition(":")
    return address


@pytest.mark.parametrize(
    "header",
    [
        b"X-Forwarded-For: 203.0.113.7",
        b"X-Forwarded-For: 198.51.100.9, 203.0.113.7",
        b"X-Forwarded-For: 198.51.100.9, 203.0.113.7, 10.0.0.3",
        b"X-Forwarded-For: 198.51.100.9\r\nX-Forwarded-For: 203.0.113.7:80",
        b"Forwarded: for=203.0.113.7",
        b'Forwarded: for=198.51.100.9, proto=http;for="203.0.113.7:80", for=10.0.0.3',
        b'Forwarded: for="198.51.100.9, for=203.0.113.7',
        b"Forwarded: for=203.0.113.7\r\nX-Forwarded-For: 203.0.113.7",
    ],
)
def test_the_client_that_the_proxy_names_is_logged(
    logged_client: Callable[..., str], header: bytes
) -> None:
    assert CLIENT == logged_client(header)


def test_an_ipv6_client_is_logged(logged_client: Callable[..., str]) -> None:
    assert "2001:db8::17" == logged_client(b'Forwarded: for="[2001:db8::17]:4711"')


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (b"X-Forwarded-For: unknown",),
        (b"X-Forwarded-For: 198.51.100.9, 6.6.6.6 - forged",),
        (b"Forwarded: for=_hidden",),
        (b"Forwarded: for=198.51.100.9", b"X-Forwarded-For: 203.0.113.7"),
    ],
    ids=["none", "unknown", "no address", "hidden", "contradictory"],
)
def test_otherwise_the_proxy_is_logged(
    logged_client: Callable[..., str], headers: tuple[bytes, ...]
) -> None:
    assert PROXY == logged_client(*headers)


def test_each_request_of_a_proxys_connection_has_its_own_client(behind_proxy: Served) -> None:
    clients = [f"203.0.113.{number}" for number in range(1, 6)]
    sent = [request(b"/heroes/0", b"X-Forwarded-For: %b" % each.encode()) for each in clients]

    talk(behind_proxy.address, b"".join(sent), ended=True)
    behind_proxy.wait_until_printed('"GET /heroes/0 HTTP/1.1" 404', len(clients))

    lines = [line for line in behind_proxy.output().splitlines() if "GET /heroes/0" in line]
    assert clients == [line.split()[2].rpartition(":")[0] for line in lines]


def redirect_of(served: Served, *headers: bytes) -> str:
    (response,) = talk(served.address, request(b"/heroes", *headers, b"Connection: close"))
    assert 307 == response.status
    return response.headers["location"]


@pytest.mark.parametrize(
    ("header", "location"),
    [
        (b"X-Forwarded-Prefix: /api/v1/", "/api/v1/heroes/"),
        (b"X-Forwarded-Prefix: /client, /api", "/api/heroes/"),
        (b"X-Forwarded-Prefix: //evil.example", "/heroes/"),
        (b"X-Forwarded-Prefix: /heroes", "/heroes/heroes/"),
    ],
)
def test_the_root_path_is_the_one_that_the_proxy_names(
    behind_proxy: Served, header: bytes, location: str
) -> None:
    assert location == redirect_of(behind_proxy, header)


def test_each_request_of_a_proxys_connection_has_its_own_root_path(behind_proxy: Served) -> None:
    prefixes = [b"/a", b"/b", b""]
    sent = [request(b"/heroes", b"X-Forwarded-Prefix: %b" % each) for each in prefixes]

    responses = talk(behind_proxy.address, b"".join(sent), ended=True)

    locations = [response.headers["location"] for response in responses]
    assert ["/a/heroes/", "/b/heroes/", "/heroes/"] == locations


def test_the_root_path_that_another_peer_names_is_ignored(server: Served) -> None:
    assert "/heroes/" == redirect_of(server, b"X-Forwarded-Prefix: /api")


@pytest.mark.parametrize("name", [b"X-Forwarded-For: ", b"Forwarded: for="])
def test_the_headers_of_another_peer_are_ignored(server: Served, name: bytes) -> None:
    assert PROXY == client_in_log(server, name + FORGED.encode())
    assert FORGED not in server.output()
