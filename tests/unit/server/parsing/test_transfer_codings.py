"""Transfer codings (RFC 9112, section 6.1): only ``chunked``, and only as the last."""

import pytest

from entrypoints.server.parsing.refusals import Refused
from entrypoints.server.parsing.transfer_codings import check_transfer_codings
from tests.support.cpu_time import cpu_seconds
from tests.unit.server.parsing.reading import head, read_one, refusal_of

pytestmark = pytest.mark.canary

UNKNOWN = "The only transfer coding supported is chunked."
BODY = b"2\r\n{}\r\n0\r\n\r\n"


def coded(*fields: bytes, version: bytes = b"1.1") -> bytes:
    """Return a POST with a chunked body, whatever the fields say."""
    lines = [b"Transfer-Encoding: " + field for field in fields]
    return head(*lines, line=b"POST / HTTP/" + version) + BODY


@pytest.mark.parametrize("field", [b"chunked", b"Chunked", b"CHUNKED", b" chunked "])
def test_a_chunked_body_is_decoded(field: bytes) -> None:
    request = read_one(coded(field))

    assert (b"{}", True) == (request.body, request.is_complete)


@pytest.mark.parametrize(
    "fields",
    [
        (b"gzip, chunked",),
        (b"gzip", b"chunked"),
        (b"gzip",),
        (b"identity",),
        (b"deflate;q=1, chunked",),
        (b"xchunked",),
        (b"chunkedx",),
        (b"trailers, chunked",),
    ],
)
def test_an_unknown_coding_is_not_implemented(fields: tuple[bytes, ...]) -> None:
    refusal = refusal_of(coded(*fields))

    assert (501, UNKNOWN) == (refusal.status, refusal.detail)


@pytest.mark.parametrize(
    "fields",
    [
        (b"chunked, gzip",),
        (b"chunked", b"gzip"),
        (b"chunked, chunked",),
        (b"chunked, gzip, chunked",),
        (b"chunked", b"chunked"),
        (b"chunked;a=b",),
        (b"chunked ; a",),
        (b"",),
        (b",",),
        (b'"chunked"',),
        (b"chunked gzip",),
        (b"chunked\x0b",),
        (b"chunked\x0c",),
        (b"\x00chunked",),
        (b"@",),
        (b"ch\xfcnked",),
    ],
)
def test_chunked_that_is_not_last_and_malformed_lists_are_refused(
    fields: tuple[bytes, ...],
) -> None:
    assert 400 == refusal_of(coded(*fields)).status


def test_http_1_0_has_no_transfer_codings() -> None:
    assert 400 == refusal_of(coded(b"chunked", version=b"1.0")).status


def test_a_chunked_body_can_not_have_a_length_too() -> None:
    for fields in (
        (b"Content-Length: 2", b"Transfer-Encoding: chunked"),
        (b"Transfer-Encoding: chunked", b"Content-Length: 2"),
    ):
        assert 400 == refusal_of(head(*fields, line=b"POST / HTTP/1.1") + BODY).status


@pytest.mark.parametrize("text", [b",", b", ", b"a,", b"a;", b'"', b"a \t", b"chunked,"])
def test_no_list_takes_long(text: bytes) -> None:
    fields = [(b"transfer-encoding", text * (60_000 // len(text)) + b"\x00")]

    assert cpu_seconds(lambda: assert_refused(fields)) < 0.05


def assert_refused(fields: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(Refused):
        check_transfer_codings(fields, "1.1")
