"""Whatever is sent, the server neither fails nor keeps its client, or anyone else, waiting.

Where the client's own HTTP is broken, a closed connection is an answer too. Waiting shows as the
``TimeoutError`` of a socket.
"""

from collections.abc import Mapping

import pytest

from tests.e2e.hostile.bodies import BODIES, HERO
from tests.e2e.hostile.raw_bytes import CUT_OFF, MALFORMED
from tests.e2e.hostile.requests import HEADERS, METHODS, TARGETS
from tests.e2e.raw_http import conversation, exchange, posted, request
from tests.support.served import Served

pytestmark = pytest.mark.canary

ANSWERS = range(200, 500)
"""Statuses with which a server is through with a request, and not at fault."""


def each(catalogue: Mapping[str, bytes]) -> pytest.MarkDecorator:
    """Run a test with each of the catalogue's requests."""
    cases = [pytest.param(sent, id=name) for name, sent in catalogue.items()]
    return pytest.mark.parametrize("sent", cases)


def listing(server: Served) -> int | None:
    """Return the status that another client gets for the list of heroes."""
    return exchange(server.address, request(b"/heroes/"))


@each(BODIES)
def test_no_body_makes_the_server_fail_or_wait(server: Served, sent: bytes) -> None:
    assert exchange(server.address, sent) in ANSWERS
    assert 200 == listing(server)


@each(TARGETS)
def test_no_target_makes_the_server_fail_or_wait(server: Served, sent: bytes) -> None:
    assert exchange(server.address, sent) in ANSWERS
    assert 200 == listing(server)


@each(METHODS)
def test_no_method_makes_the_server_fail_or_wait(server: Served, sent: bytes) -> None:
    assert exchange(server.address, sent) in ANSWERS
    assert 200 == listing(server)


@each(HEADERS)
def test_no_headers_make_the_server_fail_or_wait(server: Served, sent: bytes) -> None:
    assert exchange(server.address, sent) in ANSWERS
    assert 200 == listing(server)


@each(MALFORMED)
def test_what_is_no_http_is_refused_or_cut_off_at_once(server: Served, sent: bytes) -> None:
    assert exchange(server.address, sent) in {None, *ANSWERS}
    assert 200 == listing(server)


@each(CUT_OFF)
def test_a_request_that_ends_too_early_is_given_up_at_once(server: Served, sent: bytes) -> None:
    assert exchange(server.address, sent, ended=True) in {None, *ANSWERS}
    assert 200 == listing(server)


def test_requests_sent_ahead_are_each_answered_in_turn(server: Served) -> None:
    ahead = [request(), request(b"/heroes/0"), request(b"/heroes/", method=b"PUT"), posted(HERO)]
    last = request(b"/heroes/x", b"Connection: close")

    assert [200, 404, 405, 200, 422] == conversation(server.address, b"".join((*ahead, last)))


def test_500_requests_sent_ahead_are_all_answered(server: Served) -> None:
    last = request(b"/heroes/0", b"Connection: close")

    assert [404] * 501 == conversation(server.address, request(b"/heroes/0") * 500 + last)


def test_requests_sent_ahead_of_a_broken_one_are_answered_before_the_end(server: Served) -> None:
    assert [200, 200, 200] == conversation(server.address, request() * 3 + b"\0\r\n\r\n")
    assert 200 == listing(server)


def test_a_whole_request_is_answered_although_its_client_has_said_its_last_word(
    server: Served,
) -> None:
    for _ in range(20):
        assert 200 == exchange(server.address, posted(HERO), ended=True)


def test_a_request_that_offers_an_upgrade_can_be_the_last(server: Served) -> None:
    last = request(b"/heroes/0", b"Connection: close, Upgrade", b"Upgrade: h2c")

    assert [404] == conversation(server.address, last)


def test_500_requests_sent_ahead_that_offer_an_upgrade_are_all_answered(server: Served) -> None:
    offer = request(b"/heroes/0", b"Connection: Upgrade", b"Upgrade: h2c")
    last = request(b"/heroes/0", b"Connection: close")

    assert [404] * 501 == conversation(server.address, offer * 500 + last)


@pytest.mark.parametrize("protocol", [b"h2c", b"websocket"])
def test_a_body_after_an_upgrade_that_is_not_made_is_no_request_of_its_own(
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
def test_an_upgrade_that_is_not_made_leaves_the_request_as_it_is(
    server: Served, protocol: bytes
) -> None:
    """A server that ignores Upgrade answers as if it was not there (RFC 9110, section 7.8)."""
    offer = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: " + protocol, b"HTTP2-Settings: ")

    assert 200 == exchange(server.address, posted(HERO, *offer))


def test_a_header_of_64_mib_is_refused_before_it_keeps_others_waiting(server: Served) -> None:
    sent = request(b"/heroes/", b"X: " + b"a" * 2**26)

    assert exchange(server.address, sent) in {None, *range(400, 500)}
    assert 200 == listing(server)


def test_after_all_this_the_server_has_made_no_mistake_and_serves(server: Served) -> None:
    assert 200 == listing(server)
    assert server.process.poll() is None
    assert "Traceback" not in server.output()
