"""More clients at once: heroes and the plain app at 1 to 256 connections."""

from functools import partial
from typing import Any

from tests.benchmarks import console
from tests.benchmarks.bench import Bench
from tests.benchmarks.contenders import chosen
from tests.benchmarks.rounds import Subjects, as_json, measured_in_rounds
from tests.benchmarks.running import Server

NAMES = ("heroes", "plain")
LEVELS = (1, 16, 64, 256)
WORKLOADS = ("get", "page", "post", "patch", "mixed")
MOST_ROUNDS = 3
SECONDS = 2


def run(bench: Bench) -> dict[str, Any]:
    """Return a part for each workload; a server at a level is named "server connections"."""
    names = tuple(name for name in NAMES if name in bench.options.servers)
    with bench.running(chosen(names, bench.database), bench.options.rows) as servers:
        parts = {}
        for workload in (w for w in WORKLOADS if w in bench.options.workloads):
            console.heading(f"{bench.database}, more connections, {workload}")
            rounds = min(bench.options.rounds, MOST_ROUNDS)
            measured = measured_in_rounds(rounds, subjects(bench, workload, servers))
            parts[f"connections/{bench.database}/{workload}"] = {"rounds": as_json(measured)}
    return parts


def subjects(bench: Bench, workload: str, servers: list[Server]) -> Subjects:
    """Return what is measured: each server at each level."""
    seconds = min(bench.options.seconds, SECONDS)
    return {
        f"{server.name} {level}": partial(
            bench.measured, server, workload, connections=level, seconds=seconds
        )
        for level in LEVELS
        for server in servers
    }
