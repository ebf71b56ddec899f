"""``python -m tests.benchmarks.key_timing``: what the time of a refusal reveals of its reason.

Measures the authentication by API key in process, on a SQLite file with 1,000 keys: the kinds of
keys in random order, so that whatever else the machine does meets all of them alike.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import uvloop

from adapters.sqlite.database import SqliteDatabase
from domain.api_key_format import generate_key
from entrypoints.api.scopes import SCOPES
from service_layer.api_key_authentication import ApiKeyAuthenticator
from service_layer.api_keys import create_key, revoke_key
from tests.support.databases import migrated_sqlite

KEYS = 1_000
ROUNDS = 20_000
NAMES = ("read", "write")
CENTURY = 100 * 365 * 24 * 60 * 60

LINE = "{:<12} {:>8} {:>8} {:>8}"


async def make_keys(database: SqliteDatabase) -> dict[str, str]:
    """Store the keys, and return a text for each kind."""
    async with database.writing() as uow:
        created = [
            await create_key(uow, name=str(n), scopes=NAMES, lifetime=CENTURY if n == 1 else None)
            for n in range(KEYS)
        ]
    async with database.writing() as uow:
        await revoke_key(uow, created[0].stored.id)
    unknown = generate_key()
    return {
        "unknown": unknown,
        "malformed": unknown[:-1] + "!",
        "truncated": unknown[:20],
        "long": unknown * 1_000,
        "revoked": created[0].text,
        "expired": created[1].text,
        "valid": created[2].text,
    }


async def measure(database: SqliteDatabase) -> dict[str, Sequence[float]]:
    """Return the times of each kind in microseconds, sorted."""
    texts = await make_keys(database)
    authenticator = ApiKeyAuthenticator(database, SCOPES, clock=lambda: time.time() + CENTURY)
    kinds = [kind for kind in texts for _ in range(ROUNDS)]
    random.Random(0).shuffle(kinds)  # noqa: S311 - an order, no secret
    times: dict[str, list[float]] = {kind: [] for kind in texts}
    for kind in kinds:
        started = time.perf_counter_ns()
        principal = await authenticator.authenticate(texts[kind])
        times[kind].append((time.perf_counter_ns() - started) / 1_000)
        if (principal is not None) is not (kind == "valid"):
            raise AssertionError(kind)
    return {kind: sorted(each) for kind, each in times.items()}


def main() -> None:
    """Print the median and two other percentiles of each kind."""
    with tempfile.TemporaryDirectory() as folder:
        database = migrated_sqlite(Path(folder) / "keys.db")
        times = uvloop.run(measure(database))
        database.dispose()
    lines = [LINE.format("µs", "p10", "median", "p90")]
    for kind, each in times.items():
        percentiles = statistics.quantiles(each, n=10)
        lines.append(LINE.format(kind, *(f"{percentiles[index]:.2f}" for index in (0, 4, 8))))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
