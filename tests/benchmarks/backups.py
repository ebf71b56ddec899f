"""``python -m tests.benchmarks.backups [HEROES]``: a backup beside writers at full speed.

Prints the time of the backup, how often the copy started over, the latency of the writers before,
during and after it, and the size of the log. The last part copies without a pinned snapshot, for
comparison.
"""

import asyncio
import multiprocessing
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from adapters.sqlite.backups.backup import back_up
from adapters.sqlite.backups.copying import STEP
from tests.e2e.many_heroes import fill
from tests.support.connection import Connection
from tests.support.served import serve

HEROES = 1_000_000
WRITERS = 16
ROUNDS = 3
PHASE = 5.0
"""Seconds of the phases without a backup, and limit of the copy without a pinned snapshot."""

INSERT = """INSERT INTO hero (name, secret_name, age)
    WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {})
    SELECT 'Hero ' || i, 'Secret ' || i, i % 97 FROM numbers"""

MB = 1_000_000


@dataclass
class Steps:
    """``Progress`` that counts how often the copy starts over."""

    restarts: int = 0
    done: int = 0

    def report(self, activity: str, done: int = 0, total: int = 0) -> None:
        if activity == "Copying" and total:
            self.restarts += done < self.done
            self.done = done

    def is_stopped(self) -> bool:
        return False


@dataclass
class Load:
    """Clients that create heroes without pause, and the latencies of their requests."""

    database: Path
    latencies: list[float] = field(default_factory=list)
    log_size: int = 0
    is_over: bool = False

    async def write(self, address: tuple[str, int]) -> None:
        connection = await Connection.open(address)
        log = self.database.with_name(f"{self.database.name}-wal")
        body = {"name": "Deadpond", "secret_name": "Dive Wilson"}
        while not self.is_over:
            started = time.perf_counter()
            status, _ = await connection.request("POST", "/heroes/", body)
            assert status == 200
            self.latencies.append(time.perf_counter() - started)
            self.log_size = max(self.log_size, log.stat().st_size)
        await connection.close()

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Print the figures of the block."""
        with closing(sqlite3.connect(self.database, timeout=60)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        self.latencies.clear()
        self.log_size = 0
        started = time.perf_counter()
        yield
        seconds = time.perf_counter() - started
        p99 = quantiles(self.latencies, n=100)[-1]
        figures = (median(self.latencies), p99, max(self.latencies))
        shown = " / ".join(f"{1000 * figure:.1f}" for figure in figures)
        _print(
            f"{name}: {seconds:.2f} s, {len(self.latencies) / seconds:.0f} writes/s, "
            f"p50 / p99 / max {shown} ms, log at most {self.log_size / MB:.1f} MB"
        )


def pinned(path: Path, target: Path) -> tuple[int, int, float, float]:
    """Back up. Return the restarts, the size, and the seconds in all and with the snapshot."""
    steps, started = Steps(), time.perf_counter()
    backup = back_up(path, target, steps, replace=True)
    return steps.restarts, backup.size, time.perf_counter() - started, backup.pinned


def unpinned(path: Path, target: Path) -> tuple[int, bool]:
    """Copy without a snapshot for ``PHASE`` seconds. Return the restarts, and whether it ended."""
    steps, deadline = Steps(), time.monotonic() + PHASE

    def report(_: int, remaining: int, total: int) -> None:
        steps.report("Copying", total - remaining, total)
        if time.monotonic() > deadline:
            raise TimeoutError

    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        copy.execute("PRAGMA synchronous=OFF")
        try:
            source.backup(copy, pages=STEP // 4096, progress=report)
        except TimeoutError:
            return steps.restarts, False
    return steps.restarts, True


async def measure(folder: Path, heroes: int) -> None:
    path = folder / "heroes.db"
    fill(path, f"sqlite:///{path}", INSERT.format(heroes))
    _print(f"{heroes:,} heroes, {path.stat().st_size / MB:.1f} MB, {WRITERS} writers")
    load = Load(path)
    loop = asyncio.get_running_loop()
    spawn = multiprocessing.get_context("spawn")
    with serve(path, access_log="false") as served, ProcessPoolExecutor(1, spawn) as process:

        async def call(function: Callable[..., object]) -> object:
            return await loop.run_in_executor(process, function, path, folder / "backup.db")

        async with asyncio.TaskGroup() as group:
            for _ in range(WRITERS):
                group.create_task(load.write(served.address))
            await call(unpinned)  # imports what the process needs
            (folder / "backup.db").unlink()
            for _ in range(ROUNDS):
                with load.phase("before"):
                    await asyncio.sleep(PHASE)
                with load.phase("during"):
                    result = await call(pinned)
                _print("backup (restarts, bytes, seconds, seconds pinned):", result)
                with load.phase("after"):
                    await asyncio.sleep(PHASE)
            with load.phase("during, without a pinned snapshot"):
                result = await call(unpinned)
            _print("copy without a pinned snapshot (restarts, ended):", result)
            load.is_over = True


def _print(*values: object) -> None:
    sys.stdout.write(" ".join(map(str, values)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=".") as name:
        asyncio.run(measure(Path(name).absolute(), int(sys.argv[1]) if sys.argv[1:] else HEROES))
