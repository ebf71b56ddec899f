"""The body of a stored response: as it is if it is small, otherwise compressed."""

import asyncio
import zlib
from typing import NamedTuple

from service_layer.errors import StoreUnavailable

MAX_STORED_SIZE = 64 * 1024
"""Maximum size of a stored response, in bytes."""

MAX_BODY_SIZE = 1024 * 1024
"""Maximum size of a body before compression, in bytes. zlib compresses up to a thousandfold."""

FASTEST = 1
"""zlib's level. Higher ones take up to ten times as long, and save a tenth."""

PART = 16 * 1024
"""Bytes that are compressed at a time: in less than a millisecond, even if they are random."""


class ResponseTooLarge(Exception):
    """The response is too large to be stored."""


class StoredBody(NamedTuple):
    """A body as it is stored. ``size`` is that of the body if it is compressed, else ``None``."""

    content: bytes
    size: int | None


async def pack_body(body: bytes, max_size: int = MAX_STORED_SIZE) -> StoredBody:
    """Return the body in at most ``max_size`` bytes. Raises ``ResponseTooLarge``."""
    if len(body) <= max_size:
        return StoredBody(body, None)
    return StoredBody(await _compress(body, max_size), len(body))


def unpack_body(stored: StoredBody) -> bytes:
    """Return the body. Raises ``StoreUnavailable`` if it is damaged, or larger than it says."""
    content, size = stored
    if size is None:
        return content
    decompressor = zlib.decompressobj()
    try:
        body = decompressor.decompress(content, min(size, MAX_BODY_SIZE) + 1)
    except (zlib.error, ValueError):
        body = b""
    if not (len(body) == size <= MAX_BODY_SIZE and decompressor.eof):
        raise StoreUnavailable("a stored response is damaged")
    return body


async def _compress(body: bytes, max_size: int) -> bytes:
    """Compress part by part. Other tasks run in between, and a result that is too large ends it."""
    if len(body) > MAX_BODY_SIZE:
        raise ResponseTooLarge
    compressor = zlib.compressobj(FASTEST)
    compressed = b""
    for start in range(0, len(body), PART):
        compressed += compressor.compress(body[start : start + PART])
        if len(compressed) > max_size:
            raise ResponseTooLarge
        await asyncio.sleep(0)
    compressed += compressor.flush()
    if len(compressed) > max_size:
        raise ResponseTooLarge
    return compressed
