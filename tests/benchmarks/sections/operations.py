"""What operators need: the time that it adds to GET of one hero, in process and over the socket."""

from typing import Any

import uvloop

from tests.benchmarks import console
from tests.benchmarks.bench import Bench
from tests.benchmarks.contenders import (
    ALL_OFF,
    EVERYTHING,
    OURS,
    OURS_WITH_KEYS,
    SQLITE,
    WITH_LOG,
    WITH_RATE_LIMIT,
    WITH_TIMING,
)
from tests.benchmarks.figures import microseconds_between
from tests.benchmarks.in_process.operations import measure_operations
from tests.benchmarks.rounds import as_json, measured_in_rounds
from tests.benchmarks.sections.authentication import summarize
from tests.benchmarks.sections.main import subjects

SERVERS = [OURS, WITH_LOG, WITH_TIMING, WITH_RATE_LIMIT, OURS_WITH_KEYS, EVERYTHING]


def run(bench: Bench) -> dict[str, Any]:
    """Return a part for the socket, and on SQLite one for this process."""
    parts: dict[str, Any] = {}
    if bench.database == SQLITE:
        console.heading("operations, in this process")
        slices = uvloop.run(measure_operations(bench.folder, bench.options.rounds))
        parts["operations"] = summarize(slices, ALL_OFF)
    console.heading(f"{bench.database}, operations")
    with bench.running(SERVERS, bench.options.rows) as servers:
        rounds = measured_in_rounds(bench.options.rounds, subjects(bench, "get", servers))
    for server in SERVERS[1:]:
        added = microseconds_between(rounds, server.name, OURS.name)
        if added is not None:
            console.duration(f"{server.name}, over the socket", added)
    return {**parts, f"operations/{bench.database}": {"rounds": as_json(rounds)}}
