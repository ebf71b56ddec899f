"""Scans of two clients beside writers on a SQLite file, and what a third client notices of them.

``python -m tests.soak.scans [SECONDS]`` prints the figures and what does not hold.
"""

import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from tests.support.connection import Connection
from tests.support.databases import migrated_sqlite
from tests.support.served import Served, serve

SECONDS = 600.0

MIB = 2**20

MAX_LOG = 80
"""Maximum size of the write-ahead log in MiB."""

MANY = 200_000
"""Number of heroes. A scan takes longer than a slice of the short scans."""

INSERT_HEROES = f"""INSERT INTO hero (name, secret_name, age)
    WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {MANY})
    SELECT printf('Hero %0200d', i), 'x', i % 97 FROM numbers"""  # noqa: S608 - a number of our own

SCANS = ("/heroes/?name__contains=nobody", f"/heroes/?sort=age,name&offset={MANY - 10}")
"""A filter that no hero matches, and a page that skips nearly all of them."""

SCANNERS = {"127.0.0.2": 12, "127.0.0.3": 12}
"""The number of concurrent scans of each client that only scans, by its address."""

SCANNERS_SCAN = "scan of a scanner"
"""The scans of these clients. They may time out: there are too many of them."""

READER, WRITER = "127.0.0.4", "127.0.0.5"
"""The addresses of the client that reads, and of those that write."""

WRITERS = 2
BATCH = 100
"""Number of heroes that a writer changes in a request. Each takes several pages of the log."""

WRITER_PAUSE = 0.2
"""Seconds before each request of a writer. The log then grows by some MiB a second."""

SAMPLE_INTERVAL = 0.02
RANDOM = random.Random(1)  # noqa: S311 - chooses heroes and scans


@dataclass
class Record:
    """What a kind of request has got."""

    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)

    def worst(self) -> float:
        """Return the longest latency in seconds."""
        return max(self.latencies, default=0.0)

    def describe(self) -> str:
        ordered = sorted(self.latencies) or [0.0]
        p50, p99 = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
        return (
            f"responses {dict(self.statuses)}, p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, "
            f"longest {self.worst() * 1000:.0f} ms"
        )


@dataclass
class Result:
    """The measurements."""

    records: dict[str, Record] = field(default_factory=dict)
    log_sizes: list[int] = field(default_factory=list)
    """Sizes of the log in MiB."""

    output: str = ""
    exit_code: int | None = None

    def record(self, name: str) -> Record:
        """Return the record of this kind of request."""
        return self.records.setdefault(name, Record())

    def failures(self) -> list[str]:
        """Return what does not hold, as sentences."""
        checks = {
            f"the log reached {max(self.log_sizes)} MiB": max(self.log_sizes) >= MAX_LOG,
            f"the log reached only {max(self.log_sizes)} MiB": max(self.log_sizes) < MAX_LOG // 2,
            "the log contains a traceback": "Traceback" in self.output,
            f"the server ended with {self.exit_code}": self.exit_code != 0,
        }
        for name, record in self.records.items():
            refused = record.statuses.total() - record.statuses[200]
            allowed = record.statuses.total() // 2 if "scan" in name else 0
            checks[f"{name}: {refused} refused"] = refused > allowed and name != SCANNERS_SCAN
            checks[f"{name}: no response"] = not record.statuses[200]
        return [sentence for sentence, fails in checks.items() if fails]


def run(folder: Path, seconds: float) -> Result:
    """Serve a file with many heroes for this time, and stop the server during the scans."""
    result = Result()
    path = folder / "heroes.db"
    migrated_sqlite(path).dispose()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(INSERT_HEROES)
    with serve(path, access_log="false") as served:
        asyncio.run(_load(served, path, result, seconds))
        result.exit_code = served.terminate()
        result.output = served.output()
    return result


async def _load(served: Served, path: Path, result: Result, seconds: float) -> None:
    async def repeat(address: str, name: str, send: "Request", pause: float) -> None:
        local = await asyncio.open_connection(*served.address, local_addr=(address, 0))
        connection, record = Connection(*local), result.record(name)
        try:
            while True:
                await asyncio.sleep(pause)
                started = time.perf_counter()
                status, _ = await send(connection)
                record.latencies.append(time.perf_counter() - started)
                record.statuses[status] += 1
        finally:
            await connection.close()

    loads = [
        *[(WRITER, "batch", change_heroes, WRITER_PAUSE)] * WRITERS,
        (WRITER, "POST", create_hero, 0.005),
        (READER, "GET", read_hero, 0.005),
        (READER, "count", count, 0.05),
        (READER, "scan", scan, 0),
    ]
    for address, number in SCANNERS.items():
        loads += [(address, SCANNERS_SCAN, scan, 0)] * number
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as tasks:
            tasks.create_task(_sample(path, result))
            for load in loads:
                tasks.create_task(repeat(*load))


async def _sample(path: Path, result: Result) -> None:
    log = path.with_name(f"{path.name}-wal")
    while True:
        if log.exists():
            result.log_sizes.append(log.stat().st_size // MIB)
        await asyncio.sleep(SAMPLE_INTERVAL)


Request = Callable[[Connection], Awaitable[tuple[int, object]]]


async def change_heroes(connection: Connection) -> tuple[int, object]:
    ids = RANDOM.sample(range(1, MANY + 1), BATCH)
    changes = {"age": RANDOM.randrange(97), "name": f"Hero {RANDOM.random():0200f}"}
    body = {"update": [{"id": hero_id, "changes": changes} for hero_id in ids]}
    return await connection.request("POST", "/heroes/batch", body)


async def create_hero(connection: Connection) -> tuple[int, object]:
    return await connection.request("POST", "/heroes/", {"name": "One", "secret_name": "x"})


async def read_hero(connection: Connection) -> tuple[int, object]:
    return await connection.request("GET", f"/heroes/{RANDOM.randint(1, MANY)}")


async def count(connection: Connection) -> tuple[int, object]:
    return await connection.request("GET", "/heroes/?limit=1", Prefer="count=exact")


async def scan(connection: Connection) -> tuple[int, object]:
    return await connection.request("GET", RANDOM.choice(SCANS))


def main(arguments: list[str]) -> int:
    """Run the soak, print its figures and failures, and return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        result = run(Path(folder), float(arguments[0]) if arguments else SECONDS)
    failures = result.failures()
    sizes = result.log_sizes
    resets = sum(after < before - MAX_LOG // 4 for before, after in pairwise(sizes))
    lines = [f"log: at most {max(sizes)} MiB, emptied {resets} times"]
    lines += [f"{name}: {record.describe()}" for name, record in result.records.items()]
    sys.stdout.writelines(f"{line}\n" for line in [*lines, *(f"FAILED: {f}" for f in failures)])
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
