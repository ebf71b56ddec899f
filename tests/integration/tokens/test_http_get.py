"""A document is fetched within a time and a size, whatever the server sends."""

import asyncio
import random
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.tokens.http_get import MAX_HEAD, FetchFailed, HttpGet
from adapters.tokens.sources import KeysUnavailable, UrlSource
from tests.support.certificates import ADDRESS, make_certificate
from tests.support.served import LIMIT

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

MAX_SIZE = 1_000
DOCUMENT = b'{"keys": []}'
OK = b"HTTP/1.1 200 OK\r\n"

COMPLETE = {
    "with a length": OK + b"Content-Length: 12\r\n\r\n" + DOCUMENT,
    "in chunks": OK
    + b'Transfer-Encoding: chunked\r\n\r\n5;x=y\r\n{"key\r\n7\r\ns": []}\r\n0\r\n\r\n',
    "until the end": OK + b"\r\n" + DOCUMENT,
    "of HTTP/1.0": b"HTTP/1.0 200 OK\r\n\r\n" + DOCUMENT,
    "after an interim response": b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"\r\n" + DOCUMENT,
    "with more than its length": OK + b"Content-Length: 12\r\n\r\n" + DOCUMENT + b"more",
}

INCOMPLETE = {
    "nothing": b"",
    "half a status line": b"HTTP/1.1 20",
    "no HTTP": b"SSH-2.0-OpenSSH\r\n",
    "an unknown version": b"HTTP/9.9 200 OK\r\n\r\n" + DOCUMENT,
    "a status that is no number": b"HTTP/1.1 OK OK\r\n\r\n" + DOCUMENT,
    "a short body": OK + b"Content-Length: 13\r\n\r\n" + DOCUMENT,
    "a cut chunk": OK + b'Transfer-Encoding: chunked\r\n\r\nc\r\n{"keys',
    "a size that is no number": OK + b"Transfer-Encoding: chunked\r\n\r\nz\r\n{}\r\n0\r\n\r\n",
    "a negative size": OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n",
    "a very large size": OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 50 + b"\r\n{}",
    "a long field": OK + b"X: " + b"x" * MAX_HEAD + b"\r\n\r\n",
    "many fields": OK + b"X: y\r\n" * 1_000 + b"\r\n",
    "TLS": b"\x15\x03\x01\x00\x02\x02\x46",
}


@asynccontextmanager
async def serving(answer: Answer, certificate: Path | None = None) -> AsyncIterator[str]:
    """Yield the URL of a server that answers each connection in this way."""
    ended: list[asyncio.Event] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        end = asyncio.Event()
        ended.append(end)
        try:
            await answer(reader, writer)
        finally:
            writer.close()
            end.set()

    tls = None
    if certificate is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
    server = await asyncio.start_server(connected, ADDRESS, 0, ssl=tls)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"{'https' if tls else 'http'}://{ADDRESS}:{port}/keys?version=1"
        for each in ended:
            await each.wait()


def sending(data: bytes) -> Answer:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(data)

    return answer


async def fetch(url: str, timeout: float = 2 * LIMIT) -> bytes:  # noqa: ASYNC109 - what is tested
    async with asyncio.timeout(LIMIT):
        return await HttpGet(url, timeout=timeout, max_size=MAX_SIZE).fetch()


@pytest.mark.parametrize("name", COMPLETE)
async def test_a_complete_response_is_returned(name: str) -> None:
    async with serving(sending(COMPLETE[name])) as url:
        assert DOCUMENT == await fetch(url)


@pytest.mark.parametrize("name", INCOMPLETE)
async def test_an_incomplete_response_is_a_failure(name: str) -> None:
    async with serving(sending(INCOMPLETE[name])) as url:
        with pytest.raises(FetchFailed, match="incomplete"):
            await fetch(url)


async def test_no_mutilated_response_causes_another_error_or_a_wait() -> None:
    generator = random.Random(17)  # noqa: S311 - what matters is that it repeats
    started = time.perf_counter()
    for _ in range(300):
        data = bytearray(generator.choice(list(COMPLETE.values())))
        for _ in range(generator.randrange(1, 6)):
            data[generator.randrange(len(data))] = generator.randrange(256)
        async with serving(sending(bytes(data))) as url:
            try:
                await fetch(url)
            except FetchFailed:
                continue
    assert time.perf_counter() - started < LIMIT


@pytest.mark.parametrize("status", [204, 301, 302, 304, 401, 404, 500, 503])
async def test_another_status_is_a_failure_and_no_redirect_is_followed(status: int) -> None:
    requests: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 %d X\r\nLocation: /elsewhere\r\n\r\n%s" % (status, DOCUMENT))

    async with serving(answer) as url:
        with pytest.raises(FetchFailed, match=f"the status of the response is {status}"):
            await fetch(url)

    assert 1 == len(requests)


async def test_the_request_names_the_host_and_the_whole_target() -> None:
    requests: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(COMPLETE["until the end"])

    async with serving(answer) as url:
        await fetch(url)

    host = url.split("/")[2]
    first, second, *_ = requests[0].decode().split("\r\n")
    assert ("GET /keys?version=1 HTTP/1.1", f"Host: {host}") == (first, second)
    assert "Connection: close" in requests[0].decode()


@pytest.mark.parametrize("piece", [b"x" * 10_000, b"\r\n", OK], ids=["body", "lines", "heads"])
async def test_a_response_without_end_is_cut_off(piece: bytes) -> None:
    sent = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK + b"\r\n")
        while True:
            writer.write(piece * 100)
            sent += len(piece) * 100
            try:
                await writer.drain()
            except ConnectionError:
                return

    async with serving(answer) as url:
        with pytest.raises(FetchFailed, match=f"larger than {1000 + MAX_HEAD} bytes"):
            await fetch(url)

    assert sent < 20_000_000


async def test_a_server_that_sends_a_byte_now_and_then_is_left_in_time() -> None:
    has_been_left = asyncio.Event()

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write(b"H")
                await writer.drain()
                await asyncio.sleep(0.01)
        except ConnectionError:
            has_been_left.set()

    async with serving(answer) as url:
        with pytest.raises(FetchFailed, match=r"no complete response within 0\.1 s"):
            await fetch(url, timeout=0.1)
        async with asyncio.timeout(LIMIT):
            await has_been_left.wait()


async def test_a_server_that_accepts_and_is_silent_is_left_in_time() -> None:
    async def answer(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serving(answer) as url:
        with pytest.raises(FetchFailed, match=r"no complete response within 0\.1 s"):
            await fetch(url, timeout=0.1)


async def test_a_server_that_is_away_is_a_failure() -> None:
    async with serving(sending(b"")) as url:
        pass

    with pytest.raises(FetchFailed):
        await fetch(url)


async def test_a_name_that_does_not_exist_is_a_failure() -> None:
    with pytest.raises(FetchFailed):
        await fetch("http://name.invalid/keys")


async def test_a_server_that_proves_its_name_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    async with serving(sending(COMPLETE["with a length"]), certificate) as url:
        assert DOCUMENT == await fetch(url)


@pytest.mark.parametrize("host", [ADDRESS, "localhost"])
async def test_a_server_that_cannot_prove_its_name_is_sent_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    certificate = make_certificate(tmp_path)
    if host != ADDRESS:  # then the certificate is trusted, but is that of another name
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    async with serving(sending(DOCUMENT), certificate) as url:
        with pytest.raises(FetchFailed, match="certificate verify failed"):
            await fetch(url.replace(ADDRESS, host))


async def test_keys_that_cannot_be_fetched_are_unavailable_for_that_reason() -> None:
    async with serving(sending(COMPLETE["with a length"])) as url:
        assert DOCUMENT == await UrlSource(url).read()
    async with serving(sending(INCOMPLETE["nothing"])) as url:
        with pytest.raises(KeysUnavailable, match="incomplete"):
            await UrlSource(url).read()
