"""Every response of the server has the id of its request, and every request is reported once."""

import re
from typing import NamedTuple

import pytest
from starlette.types import Receive, Scope, Send

from entrypoints.exchanges import Exchange
from entrypoints.request_ids import REQUEST_ID, current_request_id
from entrypoints.server.config import Observation
from tests.integration.server.connecting import connect

pytestmark = pytest.mark.canary

NEW = re.compile(r"[0-9a-f]{32}")
ID = re.compile(rb"(?m)^x-request-id: (.*?)\r$")
SECRET = b"canary7d0f3b9a41c85e26"


class Sent(NamedTuple):
    """What a client has received, and what was reported."""

    text: bytes
    ids: list[str]
    seen: list[Exchange]


async def respond(scope: Scope, _: Receive, send: Send) -> None:
    assert scope[REQUEST_ID] == current_request_id.get()
    headers = [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body"})


async def fail(_: Scope, _receive: Receive, _send: Send) -> None:
    raise RuntimeError


async def send(data: bytes, app: object = respond, **bounds: object) -> Sent:
    """Send the bytes and the end of the connection, and wait for all responses."""
    seen: list[Exchange] = []
    observation = Observation(lambda: [seen.append])
    async with connect(app, observation=observation, **bounds) as connected:  # type: ignore[arg-type]
        connected.writer.write(data)
        connected.writer.write_eof()
        text = await connected.reader.read()
    return Sent(text, [each.decode() for each in ID.findall(text)], seen)


def get(*fields: bytes, line: bytes = b"GET /x?y=1 HTTP/1.1") -> bytes:
    return b"\r\n".join([line, b"Host: localhost", *fields, b"", b""])


async def test_a_response_has_the_id_of_the_client() -> None:
    sent = await send(get(b"X-Request-ID: mine"))

    assert ["mine"] == sent.ids == [each.request_id for each in sent.seen]
    assert [("GET", "/x", 200)] == [(each.method, each.path, each.status) for each in sent.seen]


async def test_each_of_several_requests_has_its_own_id() -> None:
    sent = await send(get(b"X-Request-ID: one") + get() + get(b"X-Request-ID: three"))

    assert ["one", "three"] == sent.ids[::2]
    assert NEW.fullmatch(sent.ids[1])
    assert sent.ids == [each.request_id for each in sent.seen]


@pytest.mark.parametrize(
    ("status", "data"),
    [
        (400, get(line=b"GET / x HTTP/1.1")),
        (400, get(b"Host: other")),
        (400, get(b"No colon", b"X-Other: 1")),
        (414, get(line=b"GET /" + b"x" * 17_000 + b" HTTP/1.1")),
        (421, get().replace(b"localhost", b"evil.example")),
        (431, get(*[b"X-Other: 1"] * 101)),
        (431, get(b"X-Other: " + b"x" * 70_000)),
        (501, get(b"Transfer-Encoding: gzip, chunked")),
        (501, get(line=b"BREW / HTTP/1.1")),
        (505, get(line=b"GET / HTTP/9.9")),
    ],
)
async def test_a_refusal_has_an_id(status: int, data: bytes) -> None:
    first = b"%s\r\nX-Request-ID: mine\r\n%s"
    line, _, rest = data.partition(b"\r\n")
    chosen = await send(first % (line, rest))
    made = await send(data)
    bad = await send(first.replace(b"mine", b"a b") % (line, rest))

    for sent in (chosen, made, bad):
        assert sent.text.startswith(b"HTTP/1.1 %d " % status)
        assert [status] == [each.status for each in sent.seen]
        assert sent.ids == [each.request_id for each in sent.seen]
        assert sent.seen[0].body_size == len(sent.text.partition(b"\r\n\r\n")[2]) > 0
    assert ["mine"] == chosen.ids
    assert all(NEW.fullmatch(sent.ids[0]) for sent in (made, bad))


async def test_an_id_of_a_later_request_is_not_that_of_a_refused_one() -> None:
    sent = await send(get(line=b"GET / HTTP/9.9") + get(b"X-Request-ID: later"))

    assert NEW.fullmatch(sent.ids[0])
    assert 1 == len(sent.ids)


async def test_the_500_of_the_server_has_the_id() -> None:
    sent = await send(get(b"X-Request-ID: mine"), fail)

    assert sent.text.startswith(b"HTTP/1.1 500 ")
    assert (["mine"], [500]) == (sent.ids, [each.status for each in sent.seen])


async def test_an_overloaded_server_sends_the_id() -> None:
    sent = await send(get(b"X-Request-ID: mine"), concurrency=0, max_pending=0)

    assert sent.text.startswith(b"HTTP/1.1 503 ")
    assert (["mine"], [503]) == (sent.ids, [each.status for each in sent.seen])


async def test_a_connection_beyond_the_limit_is_refused_with_an_id_and_not_reported() -> None:
    sent = await send(b"", max_connections=0)

    assert sent.text.startswith(b"HTTP/1.1 503 ")
    assert NEW.fullmatch(sent.ids[0])
    assert [] == sent.seen


@pytest.mark.parametrize("data", [SECRET + b"\r\n\r\n", SECRET + b" / HTTP/1.1\r\n\r\n"])
async def test_a_malformed_request_line_is_reported_without_its_text(data: bytes) -> None:
    (seen,) = (await send(data)).seen

    assert seen.method is None
    assert SECRET.decode() not in repr(seen)


async def test_the_path_of_a_refused_request_is_reported_without_control_characters() -> None:
    (seen,) = (await send(b'GET /a\x1b[2K\x9b"%20?secret HTTP/9.9\r\n\r\n')).seen

    assert ("GET", "/a%1B%5B2K%9B%22%20") == (seen.method, seen.path)


async def test_a_request_whose_body_is_malformed_is_reported_once() -> None:
    async def receive_all(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        await respond(scope, receive, send)

    data = get(b"Transfer-Encoding: chunked", b"X-Request-ID: mine", line=b"POST / HTTP/1.1")
    sent = await send(data + b"zz\r\n", receive_all)

    assert sent.text.startswith(b"HTTP/1.1 400 ")
    assert [("POST", 400, "mine")] == [(e.method, e.status, e.request_id) for e in sent.seen]
