"""The environment of a run: machine, versions and commit."""

import json
import os
import platform
import sqlite3
import statistics
import subprocess
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.benchmarks import node, wrk
from tests.benchmarks.contenders import PEERS_PYTHON, ROOT
from tests.benchmarks.cores import Cores

OURS = (
    "fastapi",
    "starlette",
    "pydantic",
    "sqlalchemy",
    "sqlmodel",
    "asyncpg",
    "uvicorn",
    "uvloop",
)
THEIRS = (
    "fastcrud",
    "litestar",
    "advanced-alchemy",
    "msgspec",
    "django",
    "django-ninja",
    "gunicorn",
    "aiosqlite",
    "psycopg",
)
FLUSHES = 100
PAGE = b"x" * 4096
IN_MEMORY = {"tmpfs", "ramfs"}


def describe(cores: Cores, folder: Path) -> dict[str, Any]:
    """Return the environment of a run, as JSON values."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "cpu": cpu(),
        "cores": os.cpu_count(),
        "pinning": str(cores),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "wrk": wrk.version(),
        "flush": round(flush_time(folder)),
        "busy": round(busy(), 2),
        "versions": {name: version(name) for name in OURS} | peers_versions() | node.versions(),
    }


def commit() -> str:
    """Return the short hash of HEAD, marked if files outside docs have changes."""
    described = ["git", "describe", "--always", "--exclude=*"]
    found = subprocess.run(described, cwd=ROOT, capture_output=True, text=True, check=False)
    comparing = ["git", "diff", "--quiet", "HEAD", "--", ".", ":!docs"]
    changed = subprocess.run(comparing, cwd=ROOT, capture_output=True, check=False).returncode
    return (found.stdout.strip() or "unknown") + (", with changes" if changed else "")


def cpu() -> str:
    """Return the processor's name."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def flush_time(folder: Path) -> float:
    """Return the median time to write and flush a page, in microseconds."""
    times = []
    path = folder / "flushed"
    with path.open("wb", buffering=0) as file:
        for _ in range(FLUSHES):
            began = time.perf_counter()
            file.write(PAGE)
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - began)
    path.unlink()
    return 1e6 * statistics.median(times)


def busy() -> float:
    """Return how many cores other processes use, measured for one idle second."""
    before = working_ticks()
    time.sleep(1)
    return (working_ticks() - before) / os.sysconf("SC_CLK_TCK")


def working_ticks() -> int:
    """Return the clock ticks in which the cores were not idle, including steal time."""
    user, nice, system, _, _, irq, softirq, steal = map(
        int, Path("/proc/stat").read_text().split()[1:9]
    )
    return user + nice + system + irq + softirq + steal


def is_in_memory(folder: Path) -> bool:
    """Return whether the directory is in memory, where a flush costs nothing."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    above = [m for m in mounts if folder.resolve().is_relative_to(m[1])]
    return max(above, key=lambda m: len(m[1]))[2] in IN_MEMORY


def peers_versions() -> dict[str, str]:
    """Return the versions of packages that are only in the peers' environment."""
    code = (
        "import json, sys; from importlib.metadata import version; "
        "print(json.dumps({name: version(name) for name in sys.argv[1:]}))"
    )
    command = [str(PEERS_PYTHON), "-c", code, *THEIRS]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(found.stdout))
