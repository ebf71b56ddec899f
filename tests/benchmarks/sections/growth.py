"""More heroes: a thousand to a million, with a server for each size."""

from functools import partial
from typing import Any

from tests.benchmarks import console
from tests.benchmarks.bench import Bench
from tests.benchmarks.contenders import chosen
from tests.benchmarks.rounds import Subjects, as_json, measured_in_rounds
from tests.benchmarks.running import Server, side_by_side

NAMES = ("heroes", "floor")
SIZES = (1_000, 10_000, 100_000, 1_000_000)
WORKLOADS = ("get", "deep", "cursor")
MOST_ROUNDS = 2
SECONDS = 2
"""Sixteen pages at an offset of a million rows take most of it."""


def run(bench: Bench) -> dict[str, Any]:
    """Return a part for each workload; a server at a size is named "server rows"."""
    names = tuple(name for name in NAMES if name in bench.options.servers)
    contenders = chosen(names, bench.database)
    console.heading(f"{bench.database}, making databases of up to {max(SIZES):,} heroes")
    wanted = [(size, contender) for size in SIZES for contender in contenders]
    made = [(contender, bench.stores.new(contender, size)) for size, contender in wanted]
    parts = {}
    with side_by_side(made, bench.cores, bench.folder) as servers:
        sized = [(server, size) for server, (size, _) in zip(servers, wanted, strict=True)]
        for workload in (w for w in WORKLOADS if w in bench.options.workloads):
            console.heading(f"{bench.database}, more heroes, {workload}")
            rounds = min(bench.options.rounds, MOST_ROUNDS)
            measured = measured_in_rounds(rounds, subjects(bench, workload, sized))
            if any(measured):
                parts[f"growth/{bench.database}/{workload}"] = {"rounds": as_json(measured)}
    return parts


def subjects(bench: Bench, workload: str, sized: list[tuple[Server, int]]) -> Subjects:
    """Return the subjects: each server at each size."""
    return {
        f"{server.name} {size}": partial(
            bench.measured, server, workload, rows=size, seconds=SECONDS
        )
        for server, size in sized
    }
