"""What a write is worth on each server: settings read back, and flushes counted."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.benchmarks.running import Server
from tests.support.served import ask

WRITES = 50
HERO = b'{"name": "Deadpond", "secret_name": "Dive Wilson"}'
LEVELS = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}
POSTGRES_SETTINGS = ("fsync", "synchronous_commit", "full_page_writes", "wal_sync_method")


def read_back(server: Server, folder: Path) -> dict[str, str]:
    """Return the settings of the server's database by name, and what shows whether they hold."""
    if server.contender.module == "ceiling":
        return {}
    settings = (
        of_file(server.database.removeprefix("sqlite:///"))
        if server.database.startswith("sqlite")
        else of_database(server.database)
    )
    counted = flushes_per_write(server, folder)
    return settings | {"flushes a POST": "unknown" if counted is None else f"{counted:.1f}"}


def of_file(path: str) -> dict[str, str]:
    """Return a file's settings.

    ``synchronous`` belongs to a connection, so this is what a connection has that sets nothing.
    """
    with closing(sqlite3.connect(path)) as connection:
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
        (level,) = connection.execute("PRAGMA synchronous").fetchone()
    return {"journal_mode": mode, "synchronous": LEVELS[level]}


def of_database(url: str) -> dict[str, str]:
    """Return the settings of a PostgreSQL server."""
    return {name: ask(url, f"SHOW {name}")[0][0] for name in POSTGRES_SETTINGS}


def flushes_per_write(server: Server, folder: Path) -> float | None:
    """Return how often the disk is flushed for one POST that nobody shares a commit with.

    Less than one would mean that a hero was acknowledged before it was safe. The kernel counts the
    whole disk's, so what else runs is counted too. ``None`` where it does not count.
    """
    before = flushes(folder)
    for _ in range(WRITES):
        server.request("POST", "/heroes/", HERO)
    after = flushes(folder)
    return None if before is None or after is None else (after - before) / WRITES


def flushes(folder: Path) -> int | None:
    """Return how many flushes the folder's disk has completed since the machine started."""
    device = folder.stat().st_dev
    numbers = [str(os.major(device)), str(os.minor(device))]
    for line in Path("/proc/diskstats").read_text().splitlines():
        fields = line.split()
        if fields[:2] == numbers and len(fields) > 18:  # Documentation/admin-guide/iostats.rst
            return int(fields[18])
    return None
