"""More concurrent clients: heroes and the plain app at 1 to 256 connections."""

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


def run(bench: Bench) -> dict[str, Any]:
    """Return a part for each workload; a server at a level is named "server connections"."""
    names = tuple(name for name in NAMES if name in bench.options.servers)
    with bench.running(chosen(names, bench.database), bench.options.rows) as servers:
        parts = {}
        for workload in (w for w in WORKLOADS if w in bench.options.workloads):
            console.heading(f"{bench.database}, more connections, {workload}")
            rounds = measured_in_rounds(bench.options.rounds, subjects(bench, workload, servers))
            parts[f"connections/{bench.database}/{workload}"] = {"rounds": as_json(rounds)}
    return parts


def subjects(bench: Bench, workload: str, servers: list[Server]) -> Subjects:
    """Return the subjects: each server at each level."""
    return {
        f"{server.name} {level}": partial(bench.measured, server, workload, connections=level)
        for level in LEVELS
        for server in servers
    }
