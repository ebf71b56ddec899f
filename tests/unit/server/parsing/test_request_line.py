"""Request lines: which are refused, with which status, however they arrive."""

import httptools
import pytest

from entrypoints.server.parsing.request_line import MAX_TARGET
from tests.unit.server.parsing.reading import Recorder, head, read, read_one, refusal_of, status_of

pytestmark = pytest.mark.canary

MALFORMED = "The request line is malformed."
METHOD = "The method is not implemented."
VERSION = "This server supports HTTP/1.0 and HTTP/1.1."
INVALID = "The request is not valid HTTP/1.1."

VALID = [
    b"GET / HTTP/1.1",
    b"GET / HTTP/1.0",
    b"PATCH /heroes/1?a=b&c HTTP/1.1",
    b"QUERY / HTTP/1.1",
    b"PROPFIND / HTTP/1.1",
    b"M-SEARCH / HTTP/1.1",
    b"GET //a//b HTTP/1.1",
    b"GET /%zz HTTP/1.1",
    b"GET http://localhost/a HTTP/1.1",
]

REFUSED = [
    # The version (RFC 9112, section 2.3).
    (b"GET / HTTP/0.9", 505, VERSION),
    (b"GET / HTTP/1.2", 505, VERSION),
    (b"GET / HTTP/2.0", 505, VERSION),
    (b"GET / HTTP/9.9", 505, VERSION),
    (b"PRI * HTTP/2.0", 505, VERSION),
    (b"FOO / HTTP/3.0", 505, VERSION),
    (b"GET / HTTP/1.10", 400, MALFORMED),
    (b"GET / HTTP/11.1", 400, MALFORMED),
    (b"GET / HTTP/1", 400, MALFORMED),
    (b"GET / HTTP/1.", 400, MALFORMED),
    (b"GET / HTTP/", 400, MALFORMED),
    (b"GET / HTTP/\xb2.0", 400, MALFORMED),
    (b"GET / http/1.1", 400, MALFORMED),
    (b"GET / ICE/1.0", 400, MALFORMED),
    (b"GET / RTSP/1.0", 400, MALFORMED),
    (b"SOURCE / ICE/1.0", 400, MALFORMED),
    (b"DESCRIBE rtsp://a/ RTSP/1.0", 400, MALFORMED),
    (b"GET / FTP/1.1", 400, MALFORMED),
    (b"GET /", 400, MALFORMED),
    (b"GET / ", 400, MALFORMED),
    (b"GET", 400, MALFORMED),
    # The method (RFC 9110, section 15.6.2).
    (b"FOO / HTTP/1.1", 501, METHOD),
    (b"GETT / HTTP/1.1", 501, METHOD),
    (b"get / HTTP/1.1", 501, METHOD),
    (b"!#$%&'*+-.^_`|~09 / HTTP/1.1", 501, METHOD),
    (b"DESCRIBE / HTTP/1.1", 501, METHOD),
    (b"ANNOUNCE / HTTP/1.1", 501, METHOD),
    (b"PLAY / HTTP/1.0", 501, METHOD),
    (b"CONNECT localhost:80 HTTP/1.1", 501, "CONNECT is not implemented."),
    (b"CONNECT localhost:80 HTTP/1.0", 501, "CONNECT is not implemented."),
    (b"G@T / HTTP/1.1", 400, MALFORMED),
    (b"G\0T / HTTP/1.1", 400, MALFORMED),
    (b"G\xc3\x89T / HTTP/1.1", 400, MALFORMED),
    (b"PRI * HTTP/1.1", 400, INVALID),
    # The target, and the white space around it.
    (b"GET a HTTP/1.1", 400, INVALID),
    (b"GET ?a HTTP/1.1", 400, INVALID),
    (b"GET /\xff HTTP/1.1", 400, INVALID),
    (b"GET /\x7f HTTP/1.1", 400, MALFORMED),
    (b"GET /\x01 HTTP/1.1", 400, MALFORMED),
    (b"GET /a b HTTP/1.1", 400, MALFORMED),
    (b"GET  / HTTP/1.1", 400, MALFORMED),
    (b"GET /  HTTP/1.1", 400, MALFORMED),
    (b"GET / HTTP/1.1 ", 400, MALFORMED),
    (b" GET / HTTP/1.1", 400, MALFORMED),
    (b"GET\t/ HTTP/1.1", 400, MALFORMED),
    (b"GET /\tHTTP/1.1", 400, MALFORMED),
    (b"GET /\rHTTP/1.1", 400, MALFORMED),
    # Other protocols.
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, MALFORMED),
    (b"SSH-2.0-OpenSSH_9.6", 400, MALFORMED),
    (b"EHLO localhost", 400, MALFORMED),
]
"""Request lines, and the status and the detail of the response."""


@pytest.mark.parametrize("line", VALID)
def test_a_valid_request_line_is_accepted(line: bytes) -> None:
    assert read_one(head(line=line)).is_complete


@pytest.mark.parametrize(("line", "status", "detail"), REFUSED)
def test_another_request_line_is_refused(line: bytes, status: int, detail: str) -> None:
    refusal = refusal_of(head(line=line))

    assert (status, detail) == (refusal.status, refusal.detail)


@pytest.mark.parametrize(("line", "status", "detail"), REFUSED)
def test_a_refusal_does_not_depend_on_how_the_line_arrives(
    line: bytes, status: int, detail: str
) -> None:
    sent = head(line=line)

    for position in range(1, len(sent)):
        refusal = refusal_of(sent[:position], sent[position:])
        assert (status, detail) == (refusal.status, refusal.detail), position


@pytest.mark.parametrize("line", VALID)
def test_no_beginning_of_a_valid_line_is_refused(line: bytes) -> None:
    for position in range(1, len(line) + 2):
        assert read((line + b"\r")[:position]).refusal is None


@pytest.mark.parametrize(
    "beginning",
    [b"\x16", b"G@", b" ", b"GET  ", b"GET / X", b"GET / HTTP/x", b"GET / HTTP/1.1x", b"GET /\t"],
)
def test_what_begins_no_request_line_is_refused_before_the_line_ends(beginning: bytes) -> None:
    refusal = refusal_of(beginning)

    assert (400, MALFORMED) == (refusal.status, refusal.detail)


@pytest.mark.parametrize("line", [b"GET /%b HTTP/1.1", b"GET /%b HTTP/1.0", b"GET /?%b HTTP/1.1"])
def test_a_target_may_have_16_kib(line: bytes) -> None:
    size = MAX_TARGET - len(line.split()[1]) + len("%b")

    assert 16 * 1024 == MAX_TARGET == len(read_one(head(line=line % (b"x" * size))).target)
    assert 414 == status_of(head(line=line % (b"x" * (size + 1))))


def test_a_target_of_16_kib_may_arrive_in_pieces() -> None:
    line = b"GET /%b HTTP/1.1" % (b"x" * (MAX_TARGET - 1))
    sent = head(line=line)

    for position in range(len(line) - 20, len(line) + 5):
        assert read(sent) == read(sent[:position], sent[position:])


def test_a_target_that_is_too_long_is_refused_before_it_ends() -> None:
    line = b"GET /" + b"x" * (MAX_TARGET - 1)

    assert read(line).refusal is None
    refusal = refusal_of(line, b"x")
    assert (414, "A request target may have at most 16384 bytes.") == (
        refusal.status,
        refusal.detail,
    )
    assert b"" == refusal.target


@pytest.mark.parametrize("end", [b"", b" HTTP/1.1", b" HTTP/1.1\r\nHost: a\r\n\r\n"])
def test_a_target_larger_than_a_head_is_too_long_too(end: bytes) -> None:
    assert 414 == status_of(b"GET /" + b"x" * 100_000 + end)


def test_a_request_begins_with_its_first_byte() -> None:
    recorder = Recorder()

    for piece in (b"\r\n", b"G", b"ET / HTTP/1.1\r\n", b"Host: a\r\n\r\n"):
        recorder.reader.receive(piece)
        while recorder.reader.has_unread:
            recorder.reader.parse_part()
        seen = (recorder.begun, recorder.reader.is_within_request, len(recorder.requests))
        expected = {b"\r\n": (0, False, 0), b"Host: a\r\n\r\n": (1, False, 1)}
        assert expected.get(piece, (1, True, 0)) == seen


# What `classify_error` relies on.

ERRORS = [
    (b"FOO / HTTP/1.1", httptools.HttpParserInvalidMethodError, "Invalid method encountered"),
    (b"get / HTTP/1.1", httptools.HttpParserInvalidMethodError, "Invalid method encountered"),
    (b"DESCRIBE / HTTP/1.1", httptools.HttpParserError, "Invalid method for HTTP/x.x request"),
    (b"GET a HTTP/1.1", httptools.HttpParserInvalidURLError, "Invalid characters in url"),
    (b"GET /\xff HTTP/1.1", httptools.HttpParserInvalidURLError, "Invalid char in url path"),
    (b"PRI * HTTP/1.1", httptools.HttpParserError, "Expected HTTP/2 Connection Preface"),
]


@pytest.mark.parametrize(("line", "kind", "text"), ERRORS)
def test_httptools_raises_the_known_errors(line: bytes, kind: type[Exception], text: str) -> None:
    with pytest.raises(httptools.HttpParserError) as raised:
        httptools.HttpRequestParser(object()).feed_data(head(line=line))

    assert (kind, text) == (raised.type, str(raised.value))


def test_httptools_keeps_the_error_of_a_callback_as_context() -> None:
    class Failing:
        def on_headers_complete(self) -> None:
            raise LookupError("of the callback")

    with pytest.raises(httptools.HttpParserCallbackError) as raised:
        httptools.HttpRequestParser(Failing()).feed_data(head())

    assert isinstance(raised.value.__context__, LookupError)
