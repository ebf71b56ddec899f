"""The examples of the server's own refusals in the OpenAPI document are what the server sends."""

import asyncio
import json

import pytest

from entrypoints.api.app import build_app
from tests import openapi_document
from tests.e2e.edge.responses import parse
from tests.e2e.raw_http import request
from tests.fakes.database import FakeDatabase
from tests.integration.server.connecting import connect

pytestmark = pytest.mark.canary

PATH = b"/heroes/"
REFUSED = {
    400: request(PATH).removesuffix(b"\r\n"),  # its end never arrives
    414: request(PATH + b"x" * 20_000),
    421: request(PATH, host=b"Host: unknown.example"),
    431: request(PATH, b"X: " + b"x" * 70_000),
    501: request(PATH, b"Transfer-Encoding: gzip, chunked"),
    505: request(PATH).replace(b"HTTP/1.1", b"HTTP/2.0"),
}
RESPONSES = openapi_document.document()["paths"][PATH.decode()]["get"]["responses"]


@pytest.mark.parametrize("status", REFUSED)
async def test_the_example_of_a_refusal_is_what_the_server_sends(status: int) -> None:
    async with connect(build_app(FakeDatabase()), receive_timeout=0.1) as connected:
        connected.writer.write(REFUSED[status])
        received = b""
        while not (response := next(parse(received), None)):
            received += await asyncio.wait_for(connected.reader.read(1 << 16), timeout=5)

    [(media_type, media)] = RESPONSES[str(status)]["content"].items()
    assert status == response.status
    assert media_type == response.headers["content-type"]
    sent = json.loads(response.body)
    assert media["example"] | {"instance": sent["instance"]} == sent
