"""A file of keys may be replaced while the service runs, as a mounted secret is."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from adapters.tokens.authenticator import TokenAuthenticator, open_file
from adapters.tokens.verification import TokenVerifier
from tests.support.loops import SlowLoop, the_loop
from tests.support.served import LIMIT
from tests.support.tokens import AUDIENCE, ISSUER, SCOPES, jwk_set, signing_key

FIRST = signing_key("first", "ES256")
SECOND = signing_key("second", "ES256")


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, type[SlowLoop]]]:
    return "asyncio", {"loop_factory": SlowLoop}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    path.write_bytes(jwk_set(FIRST))
    return path


@pytest.fixture
def replace(file: Path) -> Callable[[], object]:
    """What puts another file in the place of the first."""
    successor = file.with_name("new.json")
    successor.write_bytes(jwk_set(SECOND))
    return partial(successor.rename, file)


async def until_accepted(authenticator: TokenAuthenticator, token: str) -> None:
    for _ in range(int(LIMIT * 100)):
        if await authenticator.authenticate(token):
            return
        the_loop().advance_clock(1)
        await asyncio.sleep(0.00001)  # 10 ms, in which the thread reads the file
    raise TimeoutError


async def test_tokens_of_the_new_keys_are_accepted_and_those_of_the_old_are_not(
    file: Path, replace: Callable[[], object]
) -> None:
    authenticator = open_file(TokenVerifier(ISSUER, AUDIENCE, SCOPES), file)
    reading = asyncio.create_task(authenticator.published.run())
    assert await authenticator.authenticate(FIRST.token())

    replace()
    await until_accepted(authenticator, SECOND.token())

    assert not await authenticator.authenticate(FIRST.token())
    reading.cancel()
    with suppress(asyncio.CancelledError):
        await reading
