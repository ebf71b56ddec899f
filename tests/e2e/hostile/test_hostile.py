"""Hostile input: the server neither fails nor blocks a client.

For malformed HTTP the server may also close the connection. A blocked client gets ``TimeoutError``
from its socket.
"""

from collections.abc import Mapping

import pytest

from tests.e2e.hostile.bodies import BODIES, HERO
from tests.e2e.hostile.raw_bytes import MALFORMED, TRUNCATED
from tests.e2e.hostile.requests import HEADERS, METHODS, TARGETS
from tests.e2e.raw_http import conversation, exchange, posted, request
from tests.support.served import Served

pytestmark = pytest.mark.canary

FINAL_STATUSES = range(200, 500)
"""Final statuses that are not server errors."""

STATUSES = {*FINAL_STATUSES, 501, 505}
"""Final statuses of requests that may use an unknown method, coding or version."""


def parametrize_with(catalogue: Mapping[str, bytes]) -> pytest.MarkDecorator:
    """Parametrize a test with each request of the catalogue."""
    cases = [pytest.param(sent, id=name) for name, sent in catalogue.items()]
    return pytest.mark.parametrize("sent", cases)


def list_status(server: Served) -> int | None:
    """Return the status of a list request by another client."""
    return exchange(server.address, request(b"/heroes/"))


@parametrize_with(BODIES)
def test_no_body_makes_the_server_fail_or_wait(server: Served, sent: bytes) -> None:
    assert exchange(server.address, sent) in FINAL_STATUSES
    assert 200 == list_status(server)


@parametrize_with(TARGETS)
def test_no_target_makes_the_server_fail_or_wait(server: Served, sent: bytes) -> None:
    assert exchange(server.address, sent) in FINAL_STATUSES
    assert 200 == list_status(server)


@parametrize_with(METHODS)
def test_no_method_makes_the_server_fail_or_wait(server: Served, sent: bytes) -> None:
    assert exchange(server.address, sent) in STATUSES
    assert 200 == list_status(server)


@parametrize_with(HEADERS)
def test_no_headers_make_the_server_fail_or_wait(server: Served, sent: bytes) -> None:
    assert exchange(server.address, sent) in FINAL_STATUSES
    assert 200 == list_status(server)


@parametrize_with(MALFORMED)
def test_malformed_http_is_refused_or_the_connection_closed_at_once(
    server: Served, sent: bytes
) -> None:
    assert exchange(server.address, sent) in {None, *STATUSES}
    assert 200 == list_status(server)


@parametrize_with(TRUNCATED)
def test_a_truncated_request_is_aborted_at_once(server: Served, sent: bytes) -> None:
    assert exchange(server.address, sent, ended=True) in {None, *FINAL_STATUSES}
    assert 200 == list_status(server)


def test_pipelined_requests_get_responses_in_order(server: Served) -> None:
    pipelined = [
        request(),
        request(b"/heroes/0"),
        request(b"/heroes/", method=b"PUT"),
        posted(HERO),
    ]
    last = request(b"/heroes/x", b"Connection: close")

    assert [200, 404, 405, 200, 422] == conversation(server.address, b"".join((*pipelined, last)))


def test_500_pipelined_requests_all_get_responses(server: Served) -> None:
    last = request(b"/heroes/0", b"Connection: close")

    assert [404] * 501 == conversation(server.address, request(b"/heroes/0") * 500 + last)


def test_pipelined_requests_before_a_malformed_one_get_responses(server: Served) -> None:
    assert [200, 200, 200] == conversation(server.address, request() * 3 + b"\0\r\n\r\n")
    assert 200 == list_status(server)


def test_a_request_gets_a_response_after_the_client_half_closes(
    server: Served,
) -> None:
    for _ in range(20):
        assert 200 == exchange(server.address, posted(HERO), ended=True)


def test_a_request_with_an_upgrade_can_close_the_connection(server: Served) -> None:
    last = request(b"/heroes/0", b"Connection: close, Upgrade", b"Upgrade: h2c")

    assert [404] == conversation(server.address, last)


def test_500_pipelined_requests_with_an_upgrade_all_get_responses(server: Served) -> None:
    offer = request(b"/heroes/0", b"Connection: Upgrade", b"Upgrade: h2c")
    last = request(b"/heroes/0", b"Connection: close")

    assert [404] * 501 == conversation(server.address, offer * 500 + last)


@pytest.mark.parametrize("protocol", [b"h2c", b"websocket"])
def test_a_body_after_an_ignored_upgrade_is_not_parsed_as_a_request(
    server: Served, protocol: bytes
) -> None:
    smuggled = request(b"/heroes/0", b"Connection: close", method=b"DELETE")
    length = f"Content-Length: {len(smuggled)}".encode()
    head = request(
        b"/heroes/", b"Connection: Upgrade", b"Upgrade: " + protocol, length, method=b"POST"
    )

    last = request(b"/heroes/", b"Connection: close")

    assert [422, 200] == conversation(server.address, head + smuggled + last)


@pytest.mark.parametrize("protocol", [b"h2c", b"websocket", b"TLS/1.2"])
def test_an_ignored_upgrade_does_not_change_the_response(server: Served, protocol: bytes) -> None:
    """A server may ignore Upgrade (RFC 9110, section 7.8)."""
    offer = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: " + protocol, b"HTTP2-Settings: ")

    assert 200 == exchange(server.address, posted(HERO, *offer))


def test_a_header_of_64_mib_is_refused_without_delaying_others(server: Served) -> None:
    sent = request(b"/heroes/", b"X: " + b"a" * 2**26)

    assert exchange(server.address, sent) in {None, *range(400, 500)}
    assert 200 == list_status(server)


def test_the_server_still_works_without_a_traceback(server: Served) -> None:
    assert 200 == list_status(server)
    assert server.process.poll() is None
    assert "Traceback" not in server.output()
