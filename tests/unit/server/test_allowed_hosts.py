"""The hosts that a server serves."""

import pytest

from entrypoints.server.allowed_hosts import AllowedHosts, default_hosts
from entrypoints.server.parsing.hosts import parse_host

ANY_IPV4 = "0.0.0.0"  # noqa: S104 - nothing is bound


@pytest.mark.parametrize(
    ("allowed", "field"),
    [
        ("api.example", b"api.example"),
        ("api.example", b"API.Example:8443"),
        ("api.example", b"api.example."),
        ("API.example.", b"api.example"),
        ("*.example", b"api.example"),
        ("*.example", b"a.b.example:1"),
        ("*.example", b"api.example."),
        ("192.0.2.1", b"192.0.2.1:80"),
        ("2001:db8::1", b"[2001:db8::1]"),
        ("[2001:DB8:0:0::1]", b"[2001:0db8::0001]:80"),
        ("*", b"anything.example"),
        ("*", b"[2001:db8::1]:80"),
        ("*", b""),
        ("127.0.0.1", b"127.8.9.1"),
        ("127.0.0.1", b"[::1]"),
    ],
)
def test_a_host_is_allowed_with_any_port_and_in_any_case(allowed: str, field: bytes) -> None:
    assert parse_host(field) in AllowedHosts([allowed])


@pytest.mark.parametrize(
    ("allowed", "field"),
    [
        ("api.example", b"example"),
        ("api.example", b"xapi.example"),
        ("api.example", b"api.example.evil"),
        ("api.example", b"x.api.example"),
        ("api.example", b""),
        ("*.example", b"example"),
        ("*.example", b".evil"),
        ("*.example", b"xexample"),
        ("*.example", b"api.example.evil"),
        ("*.example", b"*.evil"),
        ("192.0.2.1", b"192.0.2.10"),
        ("192.0.2.1", b"127.0.0.1"),
        ("2001:db8::1", b"[2001:db8::2]"),
        ("localhost", b"127.0.0.1"),
        ("127.0.0.1", b"localhost"),
        ("127.0.0.1", b"128.0.0.1"),
        ("127.0.0.1", b"2130706433"),
        ("127.0.0.1", b"127.1"),
        ("127.0.0.1", b"0.0.0.0"),
    ],
)
def test_other_hosts_are_not_allowed(allowed: str, field: bytes) -> None:
    assert parse_host(field) not in AllowedHosts([allowed])


def test_several_hosts_may_be_allowed() -> None:
    hosts = AllowedHosts(["a.example", "*.b.example", "::1"])

    assert all(host in hosts for host in ("a.example", "x.b.example", "::1"))
    assert "b.example" not in hosts


@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::1"])
def test_on_loopback_only_loopback_names_and_addresses_are_allowed(address: str) -> None:
    hosts = AllowedHosts(default_hosts(address))

    for host in ("localhost", "api.localhost", "localhost.", "127.0.0.1", "127.0.0.9", "::1"):
        assert host in hosts
    for host in ("evil.example", "localhost.evil.example", "192.0.2.1", ANY_IPV4, ""):
        assert host not in hosts


@pytest.mark.parametrize("address", [ANY_IPV4, "::", "192.0.2.1", "2001:db8::1"])
def test_elsewhere_every_host_is_allowed(address: str) -> None:
    assert "evil.example" in AllowedHosts(default_hosts(address))
