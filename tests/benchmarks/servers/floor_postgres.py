"""The floor's statements on PostgreSQL: asyncpg and its pool, one round trip per request."""

import asyncio
from typing import Any

import asyncpg

from tests.benchmarks.servers.connections import POOL_SIZE

TABLE = """
CREATE TABLE hero (
    id BIGSERIAL PRIMARY KEY, name VARCHAR NOT NULL, secret_name VARCHAR NOT NULL, age BIGINT
);
CREATE INDEX ix_hero_name ON hero (name);
CREATE INDEX ix_hero_age ON hero (age);
"""
COLUMNS = "name, secret_name, age, id"
GET = f"SELECT {COLUMNS} FROM hero WHERE id = $1"
PAGE = f"SELECT {COLUMNS} FROM hero ORDER BY id LIMIT $1 OFFSET $2"
ADD = f"INSERT INTO hero (name, secret_name, age) VALUES ($1, $2, $3) RETURNING {COLUMNS}"
CHANGE = f"UPDATE hero SET {{}} WHERE id = $1 RETURNING {COLUMNS}"


def prepare(url: str) -> None:
    """Create the table."""
    asyncio.run(_prepare(url))


async def _prepare(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(TABLE)
    await connection.close()


async def skip_reset(_: Any) -> None:
    """Skip the reset of a connection and its round trip: the statements leave no session state."""


class PostgresHeroes:
    """A pool of connections; each statement is its own transaction."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def open(self) -> None:
        self._pool = await asyncpg.create_pool(
            self._url, min_size=POOL_SIZE, max_size=POOL_SIZE, reset=skip_reset
        )

    async def close(self) -> None:
        await self._pool.close()

    async def get(self, hero_id: int) -> Any:
        return await self._pool.fetchrow(GET, hero_id)

    async def page(self, offset: int, limit: int) -> Any:
        return await self._pool.fetch(PAGE, limit, offset)

    async def add(self, name: str, secret_name: str, age: int | None) -> Any:
        return await self._pool.fetchrow(ADD, name, secret_name, age)

    async def change(self, hero_id: int, changes: dict[str, Any]) -> Any:
        setting = ", ".join(f"{name} = ${n}" for n, name in enumerate(changes, start=2))
        return await self._pool.fetchrow(CHANGE.format(setting), hero_id, *changes.values())
