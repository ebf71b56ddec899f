"""The host of a request, from its ``Host`` field."""

import pytest

from entrypoints.server.parsing.hosts import MAX_HOST, parse_host
from entrypoints.server.parsing.refusals import Refused
from tests.support.cpu_time import cpu_seconds
from tests.unit.server.parsing.reading import head, read_one, refusal_of

VALID = [
    (b"localhost", "localhost"),
    (b"LocalHost", "localhost"),
    (b"localhost:8000", "localhost"),
    (b"localhost:", "localhost"),
    (b"localhost:0", "localhost"),
    (b"localhost:00080", "localhost"),
    (b"localhost:65535", "localhost"),
    (b"a.example.", "a.example."),
    (b"127.0.0.1:80", "127.0.0.1"),
    (b"[::1]", "::1"),
    (b"[::1]:80", "::1"),
    (b"[0:0:0:0:0:0:0:1]", "::1"),
    (b"[2001:DB8::00a]:443", "2001:db8::a"),
    (b"xn--nxasmq6b", "xn--nxasmq6b"),
    (b"a_b", "a_b"),
    (b"a%20b", "a%20b"),
    (b"", ""),
]

INVALID = [
    b"a b",
    b"a\tb",
    b"u@h",
    b"u:p@h",
    b"h/p",
    b"h?q",
    b"h#f",
    b"http://h",
    b"a,b",
    b"a, b",
    b"a:b",
    b"a:80x",
    b"a:-1",
    b"a:+80",
    b"a: 80",
    b"a:8_0",
    b"a:\xb2",
    b"a:80:80",
    b"a:65536",
    b"a:" + b"9" * 290,
    b"::1",
    b"[::1",
    b"::1]",
    b"[]",
    b"[1.2.3.4]",
    b"[::g]",
    b"[:::]",
    b"[::1]80",
    b"[::1%25eth0]",
    b"[v1.a]",
    b"a%",
    b"a%2",
    b"a%zz",
    b"a\\b",
    b'"a"',
    b"a<b",
    b"a^b",
    b"\xc3\xa9",
    b"a|b",
    b"*" + b"\x80",
]


@pytest.mark.parametrize(("field", "host"), VALID)
def test_the_host_is_in_lower_case_and_without_the_port(field: bytes, host: str) -> None:
    assert host == parse_host(field)
    assert host == read_one(head(host=b"Host: " + field)).host


@pytest.mark.parametrize("field", INVALID)
@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_a_field_that_is_no_host_is_refused_in_each_version(field: bytes, version: bytes) -> None:
    refusal = refusal_of(head(host=b"Host: " + field, line=b"GET / HTTP/" + version))

    assert (400, "The host is not valid.") == (refusal.status, refusal.detail)


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_two_hosts_are_refused_even_if_they_are_equal(version: bytes) -> None:
    refusal = refusal_of(head(b"host: localhost", line=b"GET / HTTP/" + version))

    assert (400, "Exactly one Host header is required.") == (refusal.status, refusal.detail)


def test_only_http_1_0_may_leave_the_host_out() -> None:
    assert read_one(head(host=b"X: y", line=b"GET / HTTP/1.0")).host is None
    assert 400 == refusal_of(head(host=b"X: y")).status


def test_blanks_around_a_host_do_not_belong_to_it() -> None:
    assert "localhost" == read_one(head(host=b"Host: \t localhost \t ")).host


def test_a_host_may_have_300_bytes() -> None:
    assert "a" * MAX_HOST == parse_host(b"a" * MAX_HOST)
    with pytest.raises(Refused):
        parse_host(b"a" * (MAX_HOST + 1))


@pytest.mark.parametrize("part", [b"a", b"%41", b"a%", b"[", b":", b".", b"9", b"a:9"])
def test_no_host_takes_long(part: bytes) -> None:
    sent = head(host=b"Host: " + part * (60_000 // len(part)) + b"\x80")

    assert 400 == refusal_of(sent).status
    assert cpu_seconds(lambda: refusal_of(sent)) < 0.05
