"""The four forms of a request target (RFC 9112, section 3.2)."""

import pytest

from tests.unit.server.parsing.reading import Received, head, read_one, refusal_of

pytestmark = pytest.mark.canary


def read_target(target: bytes, method: bytes = b"GET") -> Received:
    return read_one(head(line=b"%b %b HTTP/1.1" % (method, target), host=b"Host: of-the-field"))


@pytest.mark.parametrize(
    "target", [b"/", b"/a/b", b"/a?b=c&d", b"//a/b", b"//", b"/a:80", b"/@", b"/*", b"/http://a/"]
)
def test_a_path_is_passed_on_as_it_is(target: bytes) -> None:
    request = read_target(target)

    assert (target, "of-the-field") == (request.target, request.host)


@pytest.mark.parametrize(
    ("target", "path", "host"),
    [
        (b"http://a/b", b"/b", "a"),
        (b"http://a/b?c=d?e", b"/b?c=d?e", "a"),
        (b"http://a", b"/", "a"),
        (b"http://a?b", b"/?b", "a"),
        (b"http://a/?", b"/", "a"),
        (b"http://a//b", b"//b", "a"),
        (b"http://A.Example:80/", b"/", "a.example"),
        (b"http://[::1]:80/x", b"/x", "::1"),
        (b"HTTP://a/b", b"/b", "a"),
        (b"https://a/b", b"/b", "a"),
        (b"http://a/b@c:d", b"/b@c:d", "a"),
    ],
)
def test_the_host_of_an_absolute_target_replaces_that_of_the_field(
    target: bytes, path: bytes, host: str
) -> None:
    request = read_target(target)

    assert (path, host) == (request.target, request.host)
    assert ((b"host", b"of-the-field"),) == request.fields


@pytest.mark.parametrize(
    "target",
    [
        b"ftp://a/",
        b"file:///a",
        b"ws://a/",
        b"http:///a",
        b"http://:80/",
        b"http://u@a/",
        b"http://u:p@a/",
        b"http://a:b/",
        b"http://a:65536/",
        b"http://a:99999999999999999999/",
        b"http://[::1/",
        b"http://[x]/",
        b"http://a,b/",
        b"http://a%/",
        b"http:a",
        b"http:/a",
        b"localhost:80",
        b"a.example",
    ],
)
@pytest.mark.parametrize("method", [b"GET", b"OPTIONS"])
def test_another_absolute_target_is_refused(target: bytes, method: bytes) -> None:
    line = b"%b %b HTTP/1.1" % (method, target)

    assert 400 == refusal_of(head(line=line)).status


def test_a_valid_host_field_is_required_beside_an_absolute_target() -> None:
    line = b"GET http://a/ HTTP/1.1"

    assert 400 == refusal_of(head(line=line, host=b"X: y")).status
    assert 400 == refusal_of(head(line=line, host=b"Host: u@h")).status


@pytest.mark.parametrize("target", [b"*", b"http://a", b"http://a:80"])
def test_options_may_be_about_the_whole_server(target: bytes) -> None:
    assert b"*" == read_target(target, b"OPTIONS").target


@pytest.mark.parametrize(
    ("target", "path"), [(b"http://a/", b"/"), (b"http://a?b", b"/?b"), (b"/*", b"/*")]
)
def test_options_with_a_path_or_a_query_is_about_that_resource(target: bytes, path: bytes) -> None:
    assert path == read_target(target, b"OPTIONS").target


@pytest.mark.parametrize("method", [b"GET", b"HEAD", b"POST", b"DELETE"])
def test_no_other_method_can_be_about_the_whole_server(method: bytes) -> None:
    refusal = refusal_of(head(line=method + b" * HTTP/1.1"))

    assert (400, "Only OPTIONS can have the target *.") == (refusal.status, refusal.detail)
