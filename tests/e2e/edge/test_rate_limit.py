"""A client beyond ``HEROES_RATE_LIMIT`` gets 429; others are served."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.support.missing import NOWHERE
from tests.support.served import Served, serve

pytestmark = pytest.mark.canary


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server behind a proxy that serves three requests of a client in a day."""
    path = tmp_path_factory.mktemp("served") / "heroes.db"
    with serve(path, rate_limit="3/day", trusted_proxies="127.0.0.1") as served:
        yield served


def get(served: Served, client: str, path: str = "/heroes/") -> httpx2.Response:
    """Send a request as a proxy does for a client with this address."""
    return httpx2.get(served.url + path, headers={"X-Forwarded-For": client})


def test_a_client_beyond_its_quota_gets_429_as_a_problem(limited: Served) -> None:
    responses = [get(limited, "192.0.2.1") for _ in range(4)]

    assert [200, 200, 200, 429] == [response.status_code for response in responses]
    assert ['"default";q=3;w=86400'] * 4 == [r.headers["ratelimit-policy"] for r in responses]
    assert ["2", "1", "0", "0"] == [
        response.headers["ratelimit"].partition(";r=")[2].partition(";")[0]
        for response in responses
    ]
    refused = responses[-1]
    assert "application/problem+json" == refused.headers["content-type"]
    assert refused.headers["ratelimit"].endswith(f";t={refused.headers['retry-after']}")
    assert 28_000 < int(refused.headers["retry-after"]) <= 28_800


def test_each_network_of_ipv6_is_a_client(limited: Served) -> None:
    same = [get(limited, f"2001:db8:0:1::{suffix}").status_code for suffix in range(4)]
    others = [get(limited, f"2001:db8:0:{network}::1").status_code for network in range(2, 6)]

    assert [200, 200, 200, 429] == same
    assert [200, 200, 200, 200] == others


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/version"])
def test_health_checks_are_not_counted(limited: Served, path: str) -> None:
    checks = [get(limited, "192.0.2.3", path) for _ in range(5)]

    assert {429} & {check.status_code for check in checks} == set()
    assert 200 == get(limited, "192.0.2.3").status_code


def test_what_a_client_sends_is_counted_whatever_the_response(limited: Served) -> None:
    paths = [NOWHERE, "/heroes/0", "/docs", "/heroes/"]

    assert [404, 404, 200, 429] == [get(limited, "192.0.2.4", path).status_code for path in paths]


def test_a_client_is_served_again_after_the_time_that_it_was_told(server_of_two: Served) -> None:
    client = "192.0.2.5"
    responses = [get(server_of_two, client) for _ in range(3)]
    assert [200, 200, 429] == [response.status_code for response in responses]
    assert "1" == responses[-1].headers["retry-after"]

    while (response := get(server_of_two, client)).status_code == 429:
        assert "1" == response.headers["retry-after"]

    assert 200 == response.status_code


@pytest.fixture
def server_of_two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("served") / "heroes.db"
    with serve(path, rate_limit="2/second", trusted_proxies="127.0.0.1") as served:
        yield served


def test_by_default_there_is_no_limit(server: Served) -> None:
    response = httpx2.get(f"{server.url}/heroes/")

    assert 200 == response.status_code
    assert not {"ratelimit", "ratelimit-policy"} & set(response.headers)
