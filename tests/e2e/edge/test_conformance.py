"""HTTP/1.1 at the socket: versions, methods, hosts, codings and expectations."""

import pytest

from tests.e2e.edge.responses import Response, refusal, talk
from tests.e2e.raw_http import CHUNKED, JSON, chunks, request
from tests.support.served import Served

pytestmark = pytest.mark.canary

HERO = b'{"name":"Deadpond","secret_name":"Dive Wilson"}'
CLOSE = b"Connection: close"
VERSIONS = ["1.0", "1.1"]


def line(text: str, *headers: bytes) -> bytes:
    """Return a request with this request line, after which the server closes the connection."""
    return b"\r\n".join([text.encode("latin-1"), b"Host: localhost", CLOSE, *headers, b"", b""])


def ask(server: Served, sent: bytes) -> Response:
    """Return the only response."""
    (response,) = talk(server.address, sent)
    return response


# Versions (RFC 9112, section 2.3).


@pytest.mark.parametrize("version", VERSIONS)
def test_http_1_0_and_1_1_are_served(server: Served, version: str) -> None:
    assert 200 == ask(server, line(f"GET /heroes/ HTTP/{version}")).status


@pytest.mark.parametrize("version", ["0.9", "1.2", "2.0", "3.0", "9.9"])
def test_another_version_is_not_supported(server: Served, version: str) -> None:
    response = refusal(server.address, line(f"GET /heroes/?limit=1 HTTP/{version}"))

    detail = "This server supports HTTP/1.0 and HTTP/1.1."
    assert (505, detail, "/heroes/") == response.problem


@pytest.mark.parametrize(
    "text",
    [
        "GET /heroes/",
        "GET /heroes/ HTTP/1.10",
        "GET /heroes/ HTTP/1",
        "GET /heroes/ http/1.1",
        "GET /heroes/ RTSP/1.0",
        "GET /heroes/ ICE/1.0",
        "GET /heroes/ HTTP/1.1 x",
        "GET /heroes/ x HTTP/1.1",
    ],
)
def test_a_malformed_request_line_is_refused(server: Served, text: str) -> None:
    response = refusal(server.address, line(text))

    assert (400, "The request line is malformed.", "/heroes/") == response.problem


# Methods.


@pytest.mark.parametrize("method", ["FOO", "get", "DESCRIBE", "BREW", "M-GET"])
def test_a_method_that_the_parser_does_not_know_is_not_implemented(
    server: Served, method: str
) -> None:
    response = refusal(server.address, line(f"{method} /heroes/1 HTTP/1.1"))

    assert (501, "The method is not implemented.", "/heroes/1") == response.problem


def test_connect_is_not_implemented(server: Served) -> None:
    response = refusal(server.address, line("CONNECT localhost:80 HTTP/1.1"))

    assert (501, "CONNECT is not implemented.", "/") == response.problem


@pytest.mark.parametrize("method", ["PUT", "PURGE", "QUERY", "PROPFIND", "TRACE"])
def test_a_method_that_the_route_has_not_is_not_allowed(server: Served, method: str) -> None:
    response = ask(server, line(f"{method} /heroes/1 HTTP/1.1"))

    assert 405 == response.status
    assert {"GET", "HEAD", "PATCH", "DELETE", "OPTIONS"} == set(
        response.headers["allow"].split(", ")
    )


@pytest.mark.parametrize("target", ["*", "http://localhost"])
@pytest.mark.parametrize("version", VERSIONS)
def test_options_of_the_server_lists_the_methods_of_all_routes(
    server: Served, target: str, version: str
) -> None:
    response = ask(server, line(f"OPTIONS {target} HTTP/{version}"))

    assert (204, b"") == (response.status, response.body)
    assert {"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"} == set(
        response.headers["allow"].split(", ")
    )


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_no_other_method_has_the_target_of_the_server(server: Served, method: str) -> None:
    response = refusal(server.address, line(f"{method} * HTTP/1.1"))

    assert (400, "Only OPTIONS can have the target *.", "/") == response.problem


# Hosts (RFC 9112, section 3.2).


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "host", [b"a b", b"u@h", b"h/p", b"a,b", b"a:b", b"a:65536", b"[::g]", b"h?q"]
)
def test_a_host_that_is_no_host_is_refused(server: Served, version: str, host: bytes) -> None:
    sent = line(f"GET /heroes/ HTTP/{version}").replace(b"localhost", host)

    response = refusal(server.address, sent)

    assert (400, "The host is not valid.", "/heroes/") == response.problem


@pytest.mark.parametrize("version", VERSIONS)
def test_two_hosts_are_refused(server: Served, version: str) -> None:
    response = refusal(server.address, line(f"GET / HTTP/{version}", b"Host: localhost"))

    assert (400, "Exactly one Host header is required.", "/") == response.problem


def test_only_http_1_0_may_leave_the_host_out(server: Served) -> None:
    assert 200 == ask(server, b"GET /heroes/ HTTP/1.0\r\n\r\n").status
    response = refusal(server.address, b"GET /heroes/ HTTP/1.1\r\n\r\n")
    assert (400, "Exactly one Host header is required.", "/heroes/") == response.problem


# Transfer codings (RFC 9112, section 6.1).


def test_a_chunked_body_is_accepted(server: Served) -> None:
    sent = line("POST /heroes/ HTTP/1.1", JSON, CHUNKED) + chunks(HERO[:9], HERO[9:])

    assert 200 == ask(server, sent).status


@pytest.mark.parametrize("coding", [b"gzip", b"gzip, chunked", b"identity", b"x"])
def test_an_unknown_transfer_coding_is_not_implemented(server: Served, coding: bytes) -> None:
    sent = line("POST /heroes/ HTTP/1.1", JSON, b"Transfer-Encoding: " + coding) + chunks(HERO)

    response = refusal(server.address, sent)

    detail = "The only transfer coding supported is chunked."
    assert (501, detail, "/heroes/") == response.problem


@pytest.mark.parametrize(
    "fields",
    [
        (b"Transfer-Encoding: chunked, gzip",),
        (b"Transfer-Encoding: chunked, chunked",),
        (CHUNKED, CHUNKED),
        (CHUNKED, b"Content-Length: 2"),
    ],
)
def test_a_body_whose_end_is_not_certain_is_refused(
    server: Served, fields: tuple[bytes, ...]
) -> None:
    sent = line("POST /heroes/ HTTP/1.1", JSON, *fields) + chunks(HERO)

    assert 400 == refusal(server.address, sent).problem[0]


# Expectations (RFC 9110, section 10.1.1).


@pytest.mark.parametrize(("version", "statuses"), [("1.0", [200]), ("1.1", [100, 200])])
def test_only_http_1_1_is_told_to_continue(
    server: Served, version: str, statuses: list[int]
) -> None:
    length = b"Content-Length: %d" % len(HERO)
    sent = line(f"POST /heroes/ HTTP/{version}", JSON, length, b"Expect: 100-continue") + HERO

    assert statuses == [response.status for response in talk(server.address, sent)]


@pytest.mark.parametrize(
    ("text", "status"), [("POST /heroes/ HTTP/2.0", 505), ("FOO /heroes/ HTTP/1.1", 501)]
)
def test_a_refused_request_is_not_told_to_continue(server: Served, text: str, status: int) -> None:
    sent = line(text, b"Content-Length: 10", b"Expect: 100-continue")

    assert status == refusal(server.address, sent).status


# Connections.


def test_pipelined_requests_all_get_responses_after_a_half_close(server: Served) -> None:
    wanted = [request(b"/heroes/%d" % (10_000 + number)) for number in range(100)]

    responses = talk(server.address, b"".join(wanted), ended=True)

    assert [404] * 100 == [response.status for response in responses]


def test_requests_before_a_refused_one_get_their_responses(server: Served) -> None:
    refused = line("GET /heroes/ HTTP/2.0") + request() * 10

    responses = talk(server.address, request() * 3 + refused)

    assert [200, 200, 200] == [response.status for response in responses]


def test_the_server_has_printed_no_traceback(server: Served) -> None:
    assert "Traceback" not in server.output()
