"""The server sends the headers that an application sends under any other server, and an id."""

import httpx2
import pytest

from entrypoints.api.app import Limits, build_app
from entrypoints.quotas import Quota
from tests.fakes.database import FakeDatabase
from tests.integration.server.connecting import connect

LIMITS = Limits(rate=Quota(3, 86_400))


@pytest.mark.parametrize("path", ["/heroes/", "/heroes/1", "/docs", "/nothing"])
async def test_each_header_is_sent_once(path: str) -> None:
    transport = httpx2.ASGITransport(build_app(FakeDatabase(), limits=LIMITS))
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        other = await client.get(path)

    async with connect(build_app(FakeDatabase(), limits=LIMITS)) as connected:
        connected.writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        head = await connected.reader.readuntil(b"\r\n\r\n")

    status, *lines = head.decode().strip().split("\r\n")
    names = [line.partition(":")[0] for line in lines]
    assert str(other.status_code) == status.split()[1]
    assert sorted(["x-request-id", *other.headers]) == sorted(names)
    for name, value in other.headers.multi_items():
        assert f"{name}: {value}" in lines
