"""Keys are read in the background at a bounded rate, and kept while they cannot be read.

The clock of the event loop stands nearly still unless the test advances it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from adapters.tokens.published_keys import START_TIMEOUT, PublishedKeys
from tests.fakes.key_source import FakeKeySource
from tests.support.loops import SlowLoop, the_loop
from tests.support.tokens import jwk_set, signing_key

RSA = signing_key("rsa", "RS256")
EC = signing_key("ec", "ES256")
INTERVAL = FakeKeySource.interval
MIN_INTERVAL = FakeKeySource.min_interval


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, type[SlowLoop]]]:
    return "asyncio", {"loop_factory": SlowLoop}


@pytest.fixture
def source() -> FakeKeySource:
    return FakeKeySource(jwk_set(RSA))


@pytest.fixture
async def published(
    source: FakeKeySource, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[PublishedKeys]:
    """The keys of the source, after they have been read once."""
    caplog.set_level(logging.INFO)
    async with running(source) as keys:
        await source.wait_until_read(1)
        await settle()
        yield keys


@asynccontextmanager
async def running(source: FakeKeySource) -> AsyncIterator[PublishedKeys]:
    keys = PublishedKeys(source)
    task = asyncio.create_task(keys.run())
    try:
        yield keys
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def settle() -> None:
    """Let the tasks run that have something to do."""
    for _ in range(10):
        await asyncio.sleep(0)


async def advance(seconds: float) -> None:
    the_loop().advance_clock(seconds)
    await settle()


def ids(published: PublishedKeys) -> set[str | None]:
    assert published.current is not None
    return {key_id for key_id, _ in published.current.public_keys} - {None}


async def test_the_keys_are_read_at_once(published: PublishedKeys) -> None:
    assert {"rsa"} == ids(published)


async def test_the_keys_are_read_again_after_an_interval(
    source: FakeKeySource, published: PublishedKeys
) -> None:
    source.document = jwk_set(EC)

    await advance(MIN_INTERVAL)
    await advance(INTERVAL - MIN_INTERVAL - 1)
    assert 1 == source.number
    await advance(1)

    assert 2 == source.number
    assert {"ec"} == ids(published)


async def test_a_request_for_an_unknown_key_has_them_read_at_once(
    source: FakeKeySource, published: PublishedKeys
) -> None:
    await advance(MIN_INTERVAL + 1)
    source.document = jwk_set(EC)

    published.request_refresh()
    await settle()

    assert 2 == source.number
    assert {"ec"} == ids(published)


async def test_however_many_keys_are_unknown_they_are_read_once_in_the_minimum_interval(
    source: FakeKeySource, published: PublishedKeys
) -> None:
    for _ in range(1_000):
        published.request_refresh()
        await advance(MIN_INTERVAL / 100)

    assert 10 <= source.number <= 11


async def test_a_key_that_is_unknown_just_after_a_read_is_not_forgotten(
    source: FakeKeySource, published: PublishedKeys
) -> None:
    published.request_refresh()
    await settle()
    assert 1 == source.number

    await advance(MIN_INTERVAL)

    assert 2 == source.number


async def test_a_key_that_is_unknown_during_a_read_is_not_forgotten() -> None:
    source = StuckSource(jwk_set(RSA))
    async with running(source) as published:
        await source.wait_until_read(1)
        published.request_refresh()  # the answer may be older than the key
        source.released.set()
        await published.wait_until_attempted()

        source.document = jwk_set(EC)
        await settle()
        await advance(MIN_INTERVAL)

        assert 2 == source.number
        assert {"ec"} == ids(published)


async def test_the_keys_are_kept_while_the_issuer_is_unreachable(
    source: FakeKeySource, published: PublishedKeys
) -> None:
    before = published.current
    source.document = None

    await advance(MIN_INTERVAL)
    for _ in range(100):
        await advance(INTERVAL)

    assert source.number > 100
    assert before is published.current


@pytest.mark.parametrize("document", [b"", b"<html>", b'{"keys": []}', b"[" * 100_000])
async def test_the_keys_are_kept_while_the_issuer_publishes_nothing_usable(
    source: FakeKeySource, published: PublishedKeys, document: bytes
) -> None:
    before = published.current
    source.document = document

    published.request_refresh()
    await advance(MIN_INTERVAL)

    assert 2 == source.number
    assert before is published.current


async def test_after_a_failure_the_keys_are_read_again_soon(
    source: FakeKeySource, published: PublishedKeys
) -> None:
    source.document = None
    published.request_refresh()
    await advance(MIN_INTERVAL)
    assert 2 == source.number

    source.document = jwk_set(EC)
    await advance(MIN_INTERVAL)

    assert 3 == source.number
    assert {"ec"} == ids(published)


async def test_an_unexpected_error_does_not_end_the_reading(
    caplog: pytest.LogCaptureFixture,
) -> None:
    source = FailingSource()
    async with running(source) as published:
        await source.wait_until_read(1)
        await settle()

        source.document = jwk_set(EC)
        await settle()
        await advance(MIN_INTERVAL)

        assert {"ec"} == ids(published)
        assert ["https://issuer.example/keys: the signing keys cannot be read"] == caplog.messages


class FailingSource(FakeKeySource):
    """Fails in a way that no source should, as long as it has no document."""

    async def read(self) -> bytes:
        try:
            return await super().read()
        except Exception as error:
            raise RuntimeError("a bug") from error


def test_an_application_may_run_again_in_another_event_loop() -> None:
    source = QuickSource()
    published = PublishedKeys(source)

    async def run_until_read(number: int) -> None:
        task = asyncio.create_task(published.run())
        await published.wait_until_attempted()
        while source.number < number and not task.done():  # noqa: ASYNC110 - there is no event
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(run_until_read(3))
    asyncio.run(run_until_read(6))

    assert 6 == source.number


class QuickSource:
    """Is read again and again."""

    name = "https://issuer.example/keys"
    interval = 0.001
    min_interval = 0.0

    def __init__(self) -> None:
        self.number = 0

    async def read(self) -> bytes:
        self.number += 1
        return jwk_set(RSA)


async def test_an_outage_is_logged_once_and_so_is_its_end(
    source: FakeKeySource, published: PublishedKeys, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    document, source.document = source.document, None
    published.request_refresh()
    for _ in range(3):
        await advance(MIN_INTERVAL)
    source.document = document
    await advance(MIN_INTERVAL)

    assert 5 == source.number
    failed, succeeded = caplog.messages
    assert failed.endswith(
        "the signing keys cannot be read; the previous ones stay in use: connection refused"
    )
    assert "https://issuer.example/keys: the signing keys can be read again" == succeeded


async def test_a_start_without_keys_says_what_follows(caplog: pytest.LogCaptureFixture) -> None:
    async with running(FakeKeySource()) as published:
        await published.wait_until_attempted()

        assert published.current is None
    (failed,) = caplog.messages
    assert failed.endswith("the signing keys cannot be read; tokens get 503: connection refused")


async def test_new_keys_are_logged_and_the_same_ones_are_not(
    source: FakeKeySource, published: PublishedKeys, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    for document in (jwk_set(RSA), jwk_set(EC, RSA, {"kty": "oct"}), jwk_set(RSA, EC)):
        source.document = document
        published.request_refresh()
        await advance(MIN_INTERVAL)

    assert 4 == source.number
    assert ["https://issuer.example/keys: signing keys in use: 2, ignored: 1"] == caplog.messages


async def test_a_start_waits_for_the_first_keys_but_not_for_long() -> None:
    async with running(StuckSource(jwk_set(RSA))) as published:
        start = asyncio.create_task(published.wait_until_attempted())
        await settle()
        assert not start.done()

        await advance(START_TIMEOUT)

        assert start.done()


class StuckSource(FakeKeySource):
    """Returns nothing until it is released."""

    def __init__(self, document: bytes | None = None) -> None:
        super().__init__(document)
        self.released = asyncio.Event()

    async def read(self) -> bytes:
        document = await super().read()
        await self.released.wait()
        return document
