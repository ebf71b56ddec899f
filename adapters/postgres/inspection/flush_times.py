"""Measure how long a server takes to make a commit durable."""

import asyncio
from collections.abc import Sequence
from time import perf_counter

from sqlalchemy import text

from adapters.postgres.connections import ServerOptions
from adapters.postgres.schema import migrating_engine
from adapters.postgres.start_errors import translate_start_errors

COMMITS = 20

LOG_MESSAGE = text("SELECT pg_logical_emit_message(true, 'flush times', '')")
"""Writes to the log and to no table, so that the COMMIT has to wait for the log."""


def time_commits(dsn: str, options: ServerOptions) -> Sequence[float]:
    """Return the seconds of ``COMMITS`` commits: each a round trip, and a flush of the log.

    Blocks and raises like ``schema.migrate``.
    """
    return asyncio.run(_time_commits(dsn, options))


async def _time_commits(dsn: str, options: ServerOptions) -> Sequence[float]:
    times = []
    with translate_start_errors():
        async with migrating_engine(dsn, options).connect() as connection:
            for _ in range(COMMITS):
                await connection.execute(LOG_MESSAGE)
                start = perf_counter()
                await connection.commit()
                times.append(perf_counter() - start)
    return times
