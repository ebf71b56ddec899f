"""The number of connections is limited, in all and for each client."""

import logging
import tracemalloc
from ipaddress import ip_address

import pytest

from entrypoints.server.limits.connections import ConnectionLimit

A, B, C = "192.0.2.1", "192.0.2.2", "192.0.2.3"
PROXY = None
"""The address by which connections of a proxy are counted: none."""


def test_connections_are_refused_beyond_the_total_whoever_opens_them() -> None:
    limit = ConnectionLimit(3)

    assert [True, True, True, False, False] == [
        limit.acquire(each) for each in (A, A, PROXY, B, PROXY)
    ]


def test_a_released_connection_makes_room_for_one() -> None:
    limit = ConnectionLimit(2)
    limit.acquire(A)
    limit.acquire(A)
    assert not limit.acquire(B)

    limit.release(A)

    assert [True, False] == [limit.acquire(B), limit.acquire(B)]


def test_the_connections_of_each_client_are_limited() -> None:
    limit = ConnectionLimit(10, each=2)

    assert [True, True, False, True, True, False] == [
        limit.acquire(each) for each in (A, A, A, B, B, B)
    ]


def test_a_refused_connection_does_not_count() -> None:
    limit = ConnectionLimit(3, each=1)
    limit.acquire(A)

    for _ in range(5):
        assert not limit.acquire(A)

    assert [True, True, False] == [limit.acquire(B), limit.acquire(C), limit.acquire(PROXY)]


def test_a_client_may_open_as_many_again_as_it_has_closed() -> None:
    limit = ConnectionLimit(10, each=2)
    for _ in range(100):
        assert [True, True, False] == [limit.acquire(A) for _ in range(3)]
        limit.release(A)
        limit.release(A)


def test_clients_without_connections_take_no_memory() -> None:
    limit = ConnectionLimit(1, 1)

    def connect_clients(first: int) -> None:
        for number in range(first, first + 5_000):
            address = str(ip_address(number))
            assert limit.acquire(address)
            limit.release(address)

    tracemalloc.start()
    for first in (0, 5_000, 10_000):
        connect_clients(first)  # fills the cache of client_key
    before, _ = tracemalloc.get_traced_memory()
    connect_clients(15_000)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert after - before < 5_000


def test_a_proxy_has_no_limit_of_its_own() -> None:
    limit = ConnectionLimit(3, each=1)

    assert [True, True, True, False] == [limit.acquire(PROXY) for _ in range(4)]
    limit.release(PROXY)
    assert limit.acquire(A)


def test_the_addresses_of_an_ipv6_network_are_one_client() -> None:
    limit = ConnectionLimit(10, each=2)

    assert [True, True, False, True] == [
        limit.acquire(f"2001:db8::{host}") for host in ("1", "2", "3", "1:0:0:0:1")
    ]
    limit.release("2001:db8::1")
    assert limit.acquire("2001:db8::4")


def test_an_ipv4_client_is_the_same_over_ipv6() -> None:
    limit = ConnectionLimit(10, each=1)

    assert [True, False] == [limit.acquire(A), limit.acquire(f"::ffff:{A}")]


def test_each_limit_is_logged_once_when_it_is_reached(caplog: pytest.LogCaptureFixture) -> None:
    limit = ConnectionLimit(2, each=1)
    with caplog.at_level(logging.WARNING):
        for address in (A, A, A, B, B, C, C):
            limit.acquire(address)

    assert [
        "connections of one address: 1, the maximum; refused: 1",
        "connections: 2, the maximum of this process; refused: 1",
    ] == caplog.messages
