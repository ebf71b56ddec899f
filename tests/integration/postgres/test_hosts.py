"""A URL with several hosts: they are tried in order until one is available."""

import pytest

from adapters.postgres.connections import ServerOptions, connect

AWAY = "127.0.0.1:1"
"""An address on which no server listens."""


@pytest.mark.parametrize("position", range(3))
async def test_the_first_host_that_is_available_is_used(postgres_url: str, position: int) -> None:
    before, after = postgres_url.split("@")
    available, path = after.split("/")
    hosts = [AWAY] * 3
    hosts[position] = available

    connection = await connect(f"{before}@{','.join(hosts)}/{path}", ServerOptions())

    assert 1 == await connection.fetchval("SELECT 1")
    await connection.close()


async def test_without_an_available_host_the_last_error_is_raised(postgres_url: str) -> None:
    before, after = postgres_url.split("@")
    _, path = after.split("/")

    with pytest.raises(OSError, match="Connect call failed"):
        await connect(f"{before}@{AWAY},{AWAY}/{path}", ServerOptions())
