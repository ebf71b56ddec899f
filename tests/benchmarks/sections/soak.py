"""A long mixed load on heroes: errors, and memory over time."""

import subprocess
import time
from typing import Any

from tests.benchmarks import console, wrk
from tests.benchmarks.bench import Bench
from tests.benchmarks.contenders import OURS
from tests.benchmarks.running import Server

EVERY = 10
"""Seconds between two samples of the memory."""


def run(bench: Bench) -> dict[str, Any]:
    """Return one part: the measurement, and (seconds, KiB) samples of the memory."""
    options = bench.options
    console.heading(f"{bench.database}, {options.soak} s of the mixed workload")
    load = wrk.Load("mixed", options.connections, options.soak, options.rows)
    with bench.running([OURS], options.rows) as (server,):
        process = wrk.begin(server.url, load)
        memory = watch(server, process)
        measured = wrk.finish(process, load)
        measured = measured.afterwards(rss=server.rss(), stalled=not server.responds())
    console.measured(server.name, "mixed", options.connections, measured)
    return {f"soak/{bench.database}": {"rounds": [{OURS.name: measured.to_json()}], "rss": memory}}


def watch(server: Server, process: subprocess.Popen[str]) -> list[tuple[int, int]]:
    """Return (seconds, KiB) samples of the server's memory until the load ends."""
    began = time.monotonic()
    memory = [(0, server.rss())]
    while process.poll() is None:
        time.sleep(0.1)
        passed = time.monotonic() - began
        if passed >= memory[-1][0] + EVERY:
            memory.append((round(passed), server.rss()))
    return memory
