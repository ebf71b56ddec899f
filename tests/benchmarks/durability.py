"""The durability of a write on each server: settings, and the number of flushes."""

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
    """Return the settings of the server's database by name, and the flushes per POST."""
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
    """Return the settings of a SQLite file.

    ``synchronous`` is a setting of a connection, so this is the default of a new connection.
    """
    with closing(sqlite3.connect(path)) as connection:
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
        (level,) = connection.execute("PRAGMA synchronous").fetchone()
    return {"journal_mode": mode, "synchronous": LEVELS[level]}


def of_database(url: str) -> dict[str, str]:
    """Return the settings of a PostgreSQL server."""
    return {name: ask(url, f"SHOW {name}")[0][0] for name in POSTGRES_SETTINGS}


def flushes_per_write(server: Server, folder: Path) -> float | None:
    """Return the disk flushes per POST without group commit, or ``None`` if they are not counted.

    Less than one means that a hero was acknowledged before it was durable. The kernel counts the
    flushes of the whole disk, including those of other processes.
    """
    before = flushes(folder)
    for _ in range(WRITES):
        server.request("POST", "/heroes/", HERO)
    after = flushes(folder)
    return None if before is None or after is None else (after - before) / WRITES


def flushes(folder: Path) -> int | None:
    """Return the number of flushes of the directory's disk since boot, or ``None`` if unknown."""
    device = folder.stat().st_dev
    numbers = [str(os.major(device)), str(os.minor(device))]
    for line in Path("/proc/diskstats").read_text().splitlines():
        fields = line.split()
        if fields[:2] == numbers and len(fields) > 18:  # Documentation/admin-guide/iostats.rst
            return int(fields[18])
    return None
