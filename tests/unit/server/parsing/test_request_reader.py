"""Requests are read one part at a time, with limits, however their bytes arrive."""

from collections.abc import Iterator
from itertools import pairwise
from random import Random

import pytest

from entrypoints.server.parsing.request_reader import MAX_FIELDS, MAX_HEAD, MAX_OVERHEAD
from tests.unit.server.parsing.reading import Received, Recorder, head, read, read_one, refusal_of

pytestmark = pytest.mark.canary

SEED = 20261126
ROUNDS = 300

POST = b"POST /a?b=c HTTP/1.1"
OFFER = (b"Connection: keep-alive, Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: x")
CHUNKED = b"Transfer-Encoding: chunked"

REQUEST = head()
WITH_BODY = head(b"Content-Length: 11", line=POST) + b"\r\n\r\n0\r\n\r\n{}"
CHUNKS = head(CHUNKED, b"Trailer: X", line=POST) + (
    b"4\r\n\r\n\r\n\r\n3;a=b\r\n\n{}\r\n00A;c\r\nGET / HTTP\r\n0\r\nX: y\r\nZ:\r\n\r\n"
)
WITHOUT_TRAILERS = head(CHUNKED, line=POST) + b"2\r\n{}\r\n0\r\n\r\n"
UPGRADE = head(*OFFER, b"X:y ", b"Y: ")
UPGRADE_WITH_BODY = head(*OFFER, b"Content-Length: 2", line=POST) + b"{}"
UPGRADE_WITH_CHUNKS = head(*OFFER, CHUNKED, line=POST) + b"1\r\n{\r\n1\r\n}\r\n0\r\nX: y\r\n\r\n"

SENT = {
    "head": REQUEST,
    "empty lines": b"\r\n\r\n\n" + REQUEST,
    "HTTP/1.0": b"GET / HTTP/1.0\r\n\r\n",
    "absolute target": head(line=b"GET http://a:80/b?c HTTP/1.1"),
    "options": head(line=b"OPTIONS * HTTP/1.1"),
    "blanks": head(b"X: \t a b \t ", b"Y:", b"Z: \t"),
    "body": WITH_BODY,
    "empty body": head(b"Content-Length: 000", line=POST),
    "chunks": CHUNKS,
    "chunks without trailers": WITHOUT_TRAILERS,
    "close": head(b"Connection: close"),
    "upgrade": UPGRADE,
    "upgrade with a body": UPGRADE_WITH_BODY,
    "upgrade with chunks": UPGRADE_WITH_CHUNKS,
    "pipelined": REQUEST + WITH_BODY + CHUNKS + b"\r\n" + REQUEST,
    "pipelined upgrades": UPGRADE + UPGRADE_WITH_BODY + UPGRADE_WITH_CHUNKS + REQUEST,
    "after close": head(b"Connection: close") + REQUEST,
    "truncated head": REQUEST[:-2],
    "truncated body": WITH_BODY[:-1],
    "truncated chunks": CHUNKS[:-2],
}

REFUSED = {
    "no host": head(host=b"X: y"),
    "host": head(host=b"Host: u@h"),
    "host of an upgrade": head(*OFFER, host=b"Host: u@h"),
    "coding": head(b"Transfer-Encoding: gzip", line=POST),
    "coding of an upgrade": head(*OFFER, b"Transfer-Encoding: gzip", line=POST),
    "length": head(b"Content-Length: x", line=POST),
    "length over 64 bits": head(b"Content-Length: 99999999999999999999", line=POST),
    "two lengths": head(b"Content-Length: 1", b"Content-Length: 1", line=POST),
    "field name": head(b"X : y"),
    "field value": head(b"X: \x01"),
    "folded field": head(b"X: y", b" z"),
    "line feeds": REQUEST.replace(b"\r\n", b"\n"),
    "line feed at the end": REQUEST[:-2] + b"\n",
    "carriage return": head(b"X: y\rz"),
    "chunk size": head(CHUNKED, line=POST) + b"g\r\n",
    "negative chunk size": head(CHUNKED, line=POST) + b"-1\r\n",
    "long chunk": head(CHUNKED, line=POST) + b"2\r\n{}}\r\n0\r\n\r\n",
    "line feed after a chunk": head(CHUNKED, line=POST) + b"2\r\n{}\n0\r\n\r\n",
    "trailer": head(CHUNKED, line=POST) + b"0\r\nX : y\r\n\r\n",
    "line feeds in trailers": head(CHUNKED, line=POST) + b"0\r\nX: y\n\n" + REQUEST,
    "second request": REQUEST + WITH_BODY + head(host=b"Host: u@h"),
}


def pieces(sent: bytes, *positions: int) -> Iterator[bytes]:
    """Cut the bytes at these positions."""
    yield from (sent[start:end] for start, end in pairwise((0, *sorted(positions), len(sent))))


# However the bytes arrive.


@pytest.mark.parametrize("name", SENT)
def test_requests_do_not_depend_on_where_they_are_cut(name: str) -> None:
    sent = SENT[name]
    whole = read(sent)

    assert whole.refusal is None
    for position in range(1, len(sent)):
        assert whole == read(*pieces(sent, position)), position


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_does_not_depend_on_where_the_request_is_cut(name: str) -> None:
    sent = REFUSED[name]
    whole = read(sent)

    assert whole.refusal is not None
    for position in range(1, len(sent)):
        assert whole == read(*pieces(sent, position)), position


@pytest.mark.parametrize("name", [*SENT, *REFUSED])
def test_requests_may_arrive_in_three_pieces_or_byte_by_byte(name: str) -> None:
    sent = {**SENT, **REFUSED}[name]
    random = Random(SEED)  # noqa: S311 - not secret
    whole = read(sent)

    for _ in range(ROUNDS):
        positions = [random.randrange(len(sent) + 1) for _ in range(2)]
        assert whole == read(*filter(None, pieces(sent, *positions))), positions
    assert whole == read(*pieces(sent, *range(1, len(sent))))


# What is read.


def test_a_body_is_read_up_to_its_length() -> None:
    first, second = read(WITH_BODY + REQUEST).requests

    assert (b"\r\n\r\n0\r\n\r\n{}", True) == (first.body, first.is_complete)
    assert read_one(REQUEST) == second


def test_chunks_are_joined_and_trailers_are_no_header_fields() -> None:
    request = read_one(CHUNKS)

    assert b"\r\n\r\n\n{}GET / HTTP" == request.body
    assert ((b"x", b"y"), (b"z", b"")) == request.trailers
    assert b"x" not in dict(request.fields)


def test_an_upgrade_offer_is_removed_and_the_body_remains() -> None:
    expected = {b"host": b"localhost", b"connection": b"keep-alive", b"content-length": b"2"}
    expected |= {b"http2-settings": b"x"}

    request = read_one(UPGRADE_WITH_BODY)

    assert (expected, b"{}", True) == (dict(request.fields), request.body, request.is_complete)


def test_a_value_is_without_the_white_space_around_it() -> None:
    fields = dict(read_one(SENT["blanks"]).fields)

    assert (b"a b", b"", b"") == (fields[b"x"], fields[b"y"], fields[b"z"])


def test_the_requests_before_a_refused_one_are_complete() -> None:
    requests, refusal = read(REFUSED["second request"])

    assert [True, True] == [request.is_complete for request in requests]
    assert refusal is not None
    assert 400 == refusal.status


# One part at a time.


def parts(sent: bytes) -> list[list[Received]]:
    """Return the requests that have been read after each part."""
    recorder = Recorder()
    recorder.reader.receive(sent)
    seen = []
    while recorder.reader.has_unread:
        recorder.reader.parse_part()
        seen.append(list(recorder.requests))
    return seen


def test_a_part_ends_where_a_request_ends() -> None:
    request = read_one(REQUEST)

    assert [[request] * number for number in range(1, 6)] == parts(REQUEST * 5)


def test_a_part_is_a_head_or_a_body() -> None:
    request = read_one(WITH_BODY)
    without_body = request._replace(body=b"", is_complete=False)

    seen = parts(WITH_BODY * 2)

    assert [[without_body], [request], [request, without_body], [request, request]] == seen


@pytest.mark.parametrize("sent", [WITHOUT_TRAILERS, CHUNKS, UPGRADE_WITH_CHUNKS])
def test_no_part_contains_the_end_of_a_body_and_the_next_request(sent: bytes) -> None:
    for before, after in pairwise(parts(sent * 3)):
        assert sum(request.is_complete for request in after) <= len(before)


# Limits.


def head_of_size(size: int, *fields: bytes) -> bytes:
    """Return a head of exactly this size, none of whose lines is long."""
    start = head(*fields)
    padding = size - len(start) - len(b"X: \r\n")
    return head(*fields, b"X: " + b"y" * padding)


@pytest.mark.parametrize("offered", [(), OFFER], ids=["no upgrade", "upgrade"])
def test_a_head_may_have_64_kib(offered: tuple[bytes, ...]) -> None:
    assert 64 * 1024 == MAX_HEAD == len(head_of_size(MAX_HEAD, *offered))
    assert read_one(head_of_size(MAX_HEAD, *offered)).is_complete

    refusal = refusal_of(head_of_size(MAX_HEAD + 1, *offered))
    assert (431, "A request head may have at most 65536 bytes.") == (
        refusal.status,
        refusal.detail,
    )


def test_a_head_of_64_kib_may_arrive_in_pieces() -> None:
    sent, too_large = head_of_size(MAX_HEAD), head_of_size(MAX_HEAD + 1)
    whole = read(sent)

    for position in (1, 10, 20, 1_000, MAX_HEAD - 4, MAX_HEAD - 1):
        assert whole == read(*pieces(sent, position))
        assert 431 == refusal_of(*pieces(too_large, position)).status


def test_a_head_that_is_too_large_is_refused_before_it_ends() -> None:
    unfinished = head_of_size(MAX_HEAD + 100)[:MAX_HEAD]

    assert read(unfinished).refusal is None
    assert 431 == refusal_of(unfinished, b"y").status


def test_a_request_line_without_an_end_is_refused_as_a_head() -> None:
    assert read(b"A" * MAX_HEAD).refusal is None
    assert 431 == refusal_of(b"A" * MAX_HEAD, b"A").status


def test_each_head_of_a_connection_may_have_64_kib() -> None:
    requests, refusal = read(head_of_size(MAX_HEAD) * 3)

    assert (3, None) == (len(requests), refusal)


def test_a_request_may_have_100_fields() -> None:
    fields = [b"X: y"] * (MAX_FIELDS - 1)

    assert 100 == MAX_FIELDS == len(read_one(head(*fields)).fields)
    refusal = refusal_of(head(*fields, b"X: y"))
    assert (431, "A request may have at most 100 header fields.") == (
        refusal.status,
        refusal.detail,
    )


def test_the_fields_of_an_upgrade_offer_count_once() -> None:
    fields = [b"X: y"] * (MAX_FIELDS - 1 - len(OFFER))

    assert read_one(head(*OFFER, *fields)).is_complete
    assert 431 == refusal_of(head(*OFFER, *fields, b"X: y")).status


def test_the_101st_field_is_refused_before_the_head_ends() -> None:
    unfinished = head(*[b"X: y"] * MAX_FIELDS)[:-4] + b"\r\nX"

    assert 431 == refusal_of(unfinished).status


def test_a_request_may_have_100_trailers_beside_100_fields() -> None:
    start = head(CHUNKED, *[b"X: y"] * (MAX_FIELDS - 2), line=POST) + b"0\r\n"

    assert 100 == len(read_one(start + b"X: y\r\n" * MAX_FIELDS + b"\r\n").trailers)
    assert 431 == refusal_of(start + b"X: y\r\n" * (MAX_FIELDS + 1) + b"\r\n").status


def test_each_request_of_a_connection_may_have_100_fields() -> None:
    requests, refusal = read(head(*[b"X: y"] * (MAX_FIELDS - 1)) * 3)

    assert (3, None) == (len(requests), refusal)


CHUNK_OVERHEAD = len(b"1;\r\n\r\n")


def chunked_with_overhead(size: int) -> bytes:
    """Return a body whose chunk sizes and extensions have this size, without its end."""
    number, rest = divmod(size, 1_000)
    extension = b"x" * (1_000 - CHUNK_OVERHEAD)
    last = b"1;" + b"x" * (rest - CHUNK_OVERHEAD) + b"\r\n{\r\n"
    return (b"1;" + extension + b"\r\n{\r\n") * number + last


def test_chunk_sizes_and_extensions_may_have_512_kib() -> None:
    start = head(CHUNKED, line=POST)

    assert 512 * 1024 == MAX_OVERHEAD
    assert read(start + chunked_with_overhead(MAX_OVERHEAD)).refusal is None
    refusal = refusal_of(start + chunked_with_overhead(MAX_OVERHEAD + 1))
    assert (431, "The chunk sizes or trailers are too large.") == (refusal.status, refusal.detail)


def test_the_content_of_chunks_is_no_overhead() -> None:
    content = b"x" * MAX_HEAD
    chunk = b"%x\r\n%b\r\n" % (len(content), content)

    request = read_one(head(CHUNKED, line=POST) + chunk * 20 + b"0\r\n\r\n")

    assert 20 * MAX_HEAD == len(request.body)


@pytest.mark.parametrize("digits", [b"0" * 5_000, b"0" * 4_300 + b"2"])
def test_a_length_may_have_any_number_of_zeros(digits: bytes) -> None:
    request = read_one(head(b"Content-Length: " + digits, line=POST) + b"{}"[: int(digits[-1:])])

    assert request.is_complete
