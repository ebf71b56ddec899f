"""Many large responses neither fill the database nor keep their space for ever."""

import asyncio
import os
from pathlib import Path
from random import Random

from pydantic_core import to_json

from adapters.sqlite.database import SqliteDatabase
from service_layer.idempotency import IdempotencyKey, StoredResponse, store_response
from service_layer.pruning import Pruner
from service_layer.retention import Retention
from tests.support.databases import migrated_sqlite

FLOOD = int(os.environ.get("TEST_FLOOD", "300"))
"""Number of keys in a flood. The issue that this is about had 10,000."""

AT_ONCE = 64
MIB = 1024 * 1024
EXPIRED = Retention(-1)
"""What is stored with it is expired at once."""

RANDOM = Random(1)  # noqa: S311 - not secret


def response_to_empty_changes() -> StoredResponse:
    """Return the response to a batch of 100 empty changes of heroes with long names: 325 KB."""
    heroes = [
        {"name": "\1" * 255, "secret_name": random_text(), "age": number, "id": 10**15 + number}
        for number in range(100)
    ]
    return StoredResponse(200, (), to_json({"created": [], "updated": heroes, "deleted": []}))


def random_text() -> str:
    """Return a text that takes 1,530 bytes in JSON."""
    return "".join(chr(RANDOM.randrange(1, 8)) for _ in range(255))


async def flood(database: SqliteDatabase, name: str, response: StoredResponse) -> None:
    async def store(number: int) -> None:
        key = IdempotencyKey(f"{name} {number}", b"", EXPIRED)
        async with database.writing() as uow:
            assert await uow.idempotency.claim(key) is None
            await store_response(uow.idempotency, key, response)
            await uow.commit()

    for start in range(0, FLOOD, AT_ONCE):
        await asyncio.gather(*map(store, range(start, min(FLOOD, start + AT_ONCE))))


async def test_a_flood_of_large_responses_takes_little_space_which_is_used_again(
    tmp_path: Path,
) -> None:
    path = tmp_path / "heroes.db"
    database = migrated_sqlite(path)
    response = response_to_empty_changes()
    assert len(response.body) > 310_000

    await flood(database, "first", response)
    first = path.stat().st_size
    await Pruner(database, Retention()).prune()
    await flood(database, "second", response)
    second = path.stat().st_size
    database.dispose()

    assert first < FLOOD * 64 * 1024 + 4 * MIB
    assert second < 1.1 * first + 4 * MIB
