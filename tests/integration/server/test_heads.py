"""The head of a response waits for the first part of its body, and for nothing else."""

from collections.abc import Sequence

import pytest
from starlette.types import Message, Receive, Scope, Send

from tests.integration.server.connecting import connect
from tests.integration.server.test_connection import (
    CHUNKED,
    PART,
    REST,
    START,
    Reading,
    is_closed,
    read_to_end,
    receive,
    statuses,
)
from tests.integration.server.test_pipelining import get

pytestmark = pytest.mark.canary

MALFORMED_CHUNK = b"x\r\n\r\n"


class Failing:
    """An application that fails after these messages."""

    def __init__(self, *sent: Message) -> None:
        self._sent = sent

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        for message in self._sent:
            await send(message)
        raise RuntimeError


async def test_a_head_waits_for_the_first_part_of_the_body() -> None:
    async with connect(Reading(START)) as connected:
        await receive(connected, get(0))

        connected.protocol.transport.abort()

        assert b"" == await connected.reader.read()


async def test_a_head_does_not_wait_for_the_whole_body() -> None:
    async with connect(Reading(START, PART)) as connected:
        await receive(connected, get(0))

        assert [200] == statuses(await connected.reader.readuntil(b"\r\n\r\n"))
        assert b"a" == await connected.reader.read(10)


@pytest.mark.parametrize("closing", [b"", b"Connection: close\r\n"], ids=["kept", "closed"])
async def test_a_response_to_head_is_sent_without_a_body(closing: bytes) -> None:
    async with connect(Reading(START, PART, REST)) as connected:
        await receive(connected, b"HEAD / HTTP/1.1\r\nHost: localhost\r\n" + closing + b"\r\n")

        head = await connected.reader.readuntil(b"\r\n\r\n")
        assert [200] == statuses(head)
        assert bool(closing) == is_closed(connected)


@pytest.mark.parametrize("sent", [[START], [START, PART]], ids=["head", "part"])
async def test_a_response_is_sent_as_far_as_the_application_came(sent: Sequence[Message]) -> None:
    async with connect(Failing(*sent)) as connected:
        await receive(connected, get(0))

        assert [200] == statuses(await read_to_end(connected))


async def test_a_head_is_sent_before_a_malformed_rest_of_the_request_ends_the_connection() -> None:
    async with connect(Reading(START)) as connected:
        await receive(connected, CHUNKED)
        await receive(connected, MALFORMED_CHUNK)

        assert [200] == statuses(await read_to_end(connected))
