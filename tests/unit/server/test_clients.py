"""The client of a request that trusted proxies forward: the rightmost untrusted address."""

from ipaddress import ip_network

import pytest

from entrypoints.server.clients import Clients
from tests.support.cpu_time import cpu_seconds

PROXY = "10.0.0.1"
"""The address from which the request comes."""

CLIENT = "203.0.113.7"
FORGED = "6.6.6.6"
MAX_SECONDS = 0.05

CLIENTS = Clients(map(ip_network, ("10.0.0.0/8", "2001:db8:aaaa::/48", "::1")))


def forwarded(*values: str) -> str:
    """Return the client of a request with these ``Forwarded`` headers."""
    return find_client(*((b"forwarded", value) for value in values))


def forwarded_for(*values: str) -> str:
    """Return the client of a request with these ``X-Forwarded-For`` headers."""
    return find_client(*((b"x-forwarded-for", value) for value in values))


def find_client(*headers: tuple[bytes, str]) -> str:
    fields = [(name, value.encode("latin-1")) for name, value in headers]
    return CLIENTS.find_client(PROXY, [(b"host", b"a"), *fields])


# Proxies.


@pytest.mark.parametrize("address", ["10.0.0.1", "10.255.0.9", "::ffff:10.0.0.1", "::1"])
def test_a_proxy_is_recognized_by_its_network(address: str) -> None:
    assert CLIENTS.is_proxy(address)


@pytest.mark.parametrize("address", ["11.0.0.1", "2001:db8:aaab::1", "::2", "::a00:1", "", "10"])
def test_other_peers_are_no_proxies(address: str) -> None:
    assert not CLIENTS.is_proxy(address)


def test_without_trusted_proxies_no_peer_is_one() -> None:
    assert not Clients().is_proxy("127.0.0.1")


# Forwarded (RFC 7239).


@pytest.mark.parametrize(
    ("value", "client"),
    [
        ("for=203.0.113.7", CLIENT),
        ('for="203.0.113.7"', CLIENT),
        ('for="203.0.113.7:4711"', CLIENT),
        ('for="203.0.113.7:_port"', CLIENT),
        ('for="[2001:db8::17]"', "2001:db8::17"),
        ('for="[2001:DB8:0::17]:4711"', "2001:db8::17"),
        ('for="[::ffff:203.0.113.7]"', CLIENT),
        ("FOR=203.0.113.7", CLIENT),
        ("For=203.0.113.7;Proto=http", CLIENT),
        ("proto=https;by=10.0.0.1;for=203.0.113.7", CLIENT),
        ('proto=http; for="203.0.113.7" ;host=a', CLIENT),
        ("for=1.1.1.1, for=203.0.113.7", CLIENT),
        ("for=1.1.1.1,for=203.0.113.7,", CLIENT),
        ("for=1.1.1.1 , , for=203.0.113.7 ,\t,", CLIENT),
    ],
)
def test_forwarded_names_the_client(value: str, client: str) -> None:
    assert client == forwarded(value)


@pytest.mark.parametrize(
    "node",
    [
        "unknown",
        "_hidden",
        '"_hidden"',
        '""',
        "",
        "localhost",
        '"[::g]"',
        '"203.0.113.7:"',
        '"203.0.113.7:x"',
        '"203.0.113"',
        '"203.0.113.07"',
        '"203.0.113.256"',
        '"fe80::1%eth0"',
        "2001:db8::17",
        '"203.0.113.7',
        '203.0.113.7"',
        '"203.0.113.7" x',
        '"\xb2.0.0.1"',
    ],
)
def test_a_client_without_an_address_is_the_proxy(node: str) -> None:
    assert PROXY == forwarded(f"for={node}")
    assert PROXY == forwarded(f"for={FORGED}, for={node}")


def test_an_element_without_for_is_the_proxy() -> None:
    assert PROXY == forwarded(f"for={FORGED}, proto=http;host=a")


def test_several_header_lines_are_one_list() -> None:
    assert CLIENT == forwarded(f"for={FORGED}", f"for={CLIENT}")
    assert CLIENT == forwarded(f"for={FORGED}", f"for={CLIENT}", "for=10.0.0.3", "")


@pytest.mark.parametrize(
    "hiding",
    [
        'for="',
        'for="6.6.6.6',
        'for=6.6.6.6;host="',
        'for=6.6.6.6;host="\\',
        '"',
        '\\"',
        "\\",
        'for=6.6.6.6;by="a\\"',
        'host="x", for="y',
    ],
)
def test_a_client_can_not_hide_what_a_proxy_appends(hiding: str) -> None:
    appended = [f"for={CLIENT}", f'for="{CLIENT}";host="a"', f'for={CLIENT};by="10.0.0.1"']

    for each in appended:
        assert CLIENT == forwarded(f"{hiding}, {each}")
        assert CLIENT == forwarded(hiding, each)
        assert CLIENT == forwarded(f"{hiding}, {each}, for=10.0.0.3")


@pytest.mark.parametrize(
    "host",
    [
        "x;for=6.6.6.6",
        "x;for=6.6.6.6;",
        "x,for=6.6.6.6",
        "x,for=6.6.6.6;",
        "x, for=6.6.6.6, for=6.6.6.6;y",
        'x\\";for=6.6.6.6;y=\\"',
        'x\\",for=6.6.6.6;y=\\"z',
        "x\\\\",
        ",,,;;;,,,",
    ],
)
def test_a_client_can_not_insert_an_address_by_the_host_that_a_proxy_quotes(host: str) -> None:
    for element in (f'for={CLIENT};host="{host}"', f'host="{host}";for={CLIENT}'):
        assert CLIENT == forwarded(element)
        assert CLIENT == forwarded(f'for={FORGED}, {element}, for=10.0.0.3;host="{host}"')


# X-Forwarded-For.


@pytest.mark.parametrize(
    ("value", "client"),
    [
        ("203.0.113.7", CLIENT),
        ("203.0.113.7:4711", CLIENT),
        ("1.1.1.1, 203.0.113.7", CLIENT),
        ("1.1.1.1,203.0.113.7", CLIENT),
        ("1.1.1.1\t, \t203.0.113.7\t", CLIENT),
        ("1.1.1.1, 203.0.113.7, , ,", CLIENT),
        ("2001:db8::17", "2001:db8::17"),
        ("[2001:db8::17]", "2001:db8::17"),
        ("[2001:db8::17]:4711", "2001:db8::17"),
        ("::ffff:203.0.113.7", CLIENT),
        ('"6.6.6.6, 203.0.113.7', CLIENT),
    ],
)
def test_x_forwarded_for_names_the_client(value: str, client: str) -> None:
    assert client == forwarded_for(value)


@pytest.mark.parametrize("node", ["unknown", "localhost", "-", "1.2.3", '"203.0.113.7"', "x" * 90])
def test_a_name_is_no_client(node: str) -> None:
    assert PROXY == forwarded_for(f"{FORGED}, {node}")


@pytest.mark.parametrize("value", ["", ",", " , ,\t"])
def test_an_empty_list_names_no_client(value: str) -> None:
    assert PROXY == forwarded_for(value)
    assert PROXY == forwarded(value)


# Chains.


def test_without_such_headers_the_client_is_the_proxy() -> None:
    assert PROXY == find_client()


def test_the_client_is_the_last_address_that_is_no_trusted_proxy() -> None:
    chain = [FORGED, CLIENT, "10.0.0.2", "2001:db8:aaaa::9", "10.3.0.1"]

    assert CLIENT == forwarded_for(", ".join(chain))
    assert CLIENT == forwarded(
        f'for={FORGED}, for={CLIENT}, for=10.0.0.2, for="[2001:db8:aaaa::9]:80", for="10.3.0.1"'
    )


def test_the_first_of_proxies_only_is_the_client() -> None:
    assert "10.0.0.9" == forwarded_for("10.0.0.9, 10.0.0.2")


def test_a_proxy_that_hides_its_client_is_the_client() -> None:
    assert "10.0.0.2" == forwarded(f"for={FORGED}, for=unknown, for=10.0.0.2")
    assert "10.0.0.2" == forwarded_for(f"{FORGED}, unknown, 10.0.0.2")


def test_headers_that_name_the_same_client_agree() -> None:
    both = [(b"forwarded", f"for={CLIENT}"), (b"x-forwarded-for", f"{FORGED}, {CLIENT}")]

    assert CLIENT == find_client(*both)
    assert CLIENT == find_client(*reversed(both))


@pytest.mark.parametrize("other", [FORGED, "unknown", "10.0.0.9"])
def test_headers_that_name_different_clients_name_none(other: str) -> None:
    assert PROXY == find_client((b"forwarded", f"for={CLIENT}"), (b"x-forwarded-for", other))
    assert PROXY == find_client((b"forwarded", f"for={other}"), (b"x-forwarded-for", CLIENT))


# Bounds.


def test_only_the_last_kilobyte_is_parsed() -> None:
    many = ", ".join(["10.0.0.2"] * 200)

    assert CLIENT == forwarded_for(f"{FORGED}, {CLIENT}, " + many[:900])
    assert "10.0.0.2" == forwarded_for(f"{CLIENT}, {many}")
    assert PROXY == forwarded_for("x" * 2_000)


@pytest.mark.parametrize(
    "part", [",", ", ", ";", '"', '",', "for=1;", "for=10.0.0.2,", "10.0.0.2,", '\\"', "[:", "1."]
)
def test_no_header_takes_long(part: str) -> None:
    value = part * (60_000 // len(part))
    lines = [part] * (60_000 // (len("Forwarded: \r\n") + len(part)))

    assert cpu_seconds(lambda: forwarded(value)) < MAX_SECONDS
    assert cpu_seconds(lambda: forwarded_for(value)) < MAX_SECONDS
    assert cpu_seconds(lambda: forwarded(*lines)) < MAX_SECONDS
