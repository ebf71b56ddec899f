"""The body of a stored response, as it is or compressed."""

import asyncio
import random
import zlib

import pytest

from service_layer.errors import StoreUnavailable
from service_layer.stored_body import (
    MAX_BODY_SIZE,
    MAX_STORED_SIZE,
    ResponseTooLarge,
    StoredBody,
    pack_body,
    unpack_body,
)

RANDOM = random.Random(1).randbytes(MAX_STORED_SIZE + 1)  # noqa: S311 - not secret


@pytest.mark.parametrize("body", [b"", b"{}", RANDOM[:-1]])
async def test_a_body_of_up_to_64_kib_is_stored_as_it_is(body: bytes) -> None:
    assert (body, None) == await pack_body(body)


async def test_a_larger_body_is_compressed_and_unpacked_again() -> None:
    body = b"x" * (MAX_STORED_SIZE + 1)
    packed = await pack_body(body)

    assert len(packed.content) < 1_000
    assert body == unpack_body(packed)


async def test_a_body_that_is_too_large_when_compressed_is_refused() -> None:
    with pytest.raises(ResponseTooLarge):
        await pack_body(RANDOM)


async def test_a_body_is_refused_before_all_of_it_is_compressed() -> None:
    other_steps: list[None] = []

    async def other_task() -> None:
        while True:
            await asyncio.sleep(0)
            other_steps.append(None)

    running = asyncio.create_task(other_task())
    with pytest.raises(ResponseTooLarge):
        await pack_body(RANDOM * (MAX_BODY_SIZE // len(RANDOM)))
    running.cancel()

    assert 3 <= len(other_steps) <= 5, "one for each 16 KiB, until 64 KiB are reached"


@pytest.mark.parametrize(("size", "accepted"), [(MAX_BODY_SIZE, True), (MAX_BODY_SIZE + 1, False)])
async def test_a_body_over_1_mib_is_refused_however_small_it_would_be(
    size: int, *, accepted: bool
) -> None:
    if accepted:
        assert b"x" * size == unpack_body(await pack_body(b"x" * size))
    else:
        with pytest.raises(ResponseTooLarge):
            await pack_body(b"x" * size)


@pytest.mark.parametrize(
    "stored",
    [
        StoredBody(b"no zlib", 100_000),
        StoredBody(b"", 100_000),
        StoredBody(zlib.compress(b"x" * 100_000)[:-1], 100_000),
        StoredBody(zlib.compress(b"x" * 100_000), 99_999),
        StoredBody(zlib.compress(b"x" * 100_000), 100_001),
        StoredBody(zlib.compress(b"x" * 100_000), -1),
        StoredBody(zlib.compress(b"x" * (MAX_BODY_SIZE + 1)), MAX_BODY_SIZE + 1),
        StoredBody(zlib.compress(b"x" * 100_000_000), 2**62),
    ],
)
def test_a_damaged_body_or_one_of_another_size_is_not_returned(stored: StoredBody) -> None:
    with pytest.raises(StoreUnavailable):
        unpack_body(stored)
