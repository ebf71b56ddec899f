"""The server refuses an unauthenticated request before its body has arrived."""

import pytest

from entrypoints.api.app import build_app
from tests.fakes.authenticator import FakeAuthenticator
from tests.fakes.database import FakeDatabase
from tests.integration.server.connecting import connect

pytestmark = pytest.mark.canary

HEAD = (
    b"POST /heroes/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Authorization: Bearer %b\r\n%b\r\n"
)

EXPECTING = b"Content-Length: 60000\r\nExpect: 100-continue\r\n"


@pytest.mark.parametrize(
    "body", [EXPECTING, b"Content-Length: 60000\r\n", b"Transfer-Encoding: chunked\r\n"]
)
@pytest.mark.parametrize(("credential", "status"), [(b"unknown", b"401"), (b"reader", b"403")])
async def test_a_request_is_refused_while_its_body_is_outstanding(
    body: bytes, credential: bytes, status: bytes
) -> None:
    app = build_app(FakeDatabase(), authenticator=FakeAuthenticator())
    async with connect(app) as connected:
        connected.writer.write(HEAD % (credential, body))

        line = await connected.reader.readline()

    assert line.startswith(b"HTTP/1.1 %b " % status)


async def test_an_authenticated_client_is_asked_for_the_body() -> None:
    app = build_app(FakeDatabase(), authenticator=FakeAuthenticator())
    async with connect(app) as connected:
        connected.writer.write(HEAD % (b"alice", EXPECTING))

        line = await connected.reader.readline()

    assert line.startswith(b"HTTP/1.1 100 ")
