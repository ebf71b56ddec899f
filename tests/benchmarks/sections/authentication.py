"""Authentication: the time that it adds to GET of one hero, in this process and over the socket."""

from typing import Any

import uvloop

from tests.benchmarks import console
from tests.benchmarks.bench import Bench
from tests.benchmarks.contenders import NO_AUTHENTICATION, OURS, OURS_WITH_KEYS, SQLITE
from tests.benchmarks.figures import microseconds_between
from tests.benchmarks.in_process.authentication import measure_authentication
from tests.benchmarks.in_process.slices import Slices
from tests.benchmarks.rounds import as_json, measured_in_rounds
from tests.benchmarks.sections.main import subjects


def run(bench: Bench) -> dict[str, Any]:
    """Return a part for the socket, and on SQLite one for this process."""
    parts: dict[str, Any] = {}
    if bench.database == SQLITE:
        console.heading("authentication, in this process")
        slices = uvloop.run(measure_authentication(bench.folder, bench.options.rounds))
        parts["authentication"] = summarize(slices, NO_AUTHENTICATION)
    console.heading(f"{bench.database}, authentication")
    with bench.running([OURS, OURS_WITH_KEYS], bench.options.rows) as servers:
        rounds = measured_in_rounds(bench.options.rounds, subjects(bench, "get", servers))
    added = microseconds_between(rounds, OURS_WITH_KEYS.name, OURS.name)
    if added is not None:
        console.duration("API key, over the socket", added)
    return {**parts, f"authentication/{bench.database}": {"rounds": as_json(rounds)}}


def summarize(slices: Slices, base: str) -> dict[str, Any]:
    """Return the medians of the time of a request, and of what is added to that of ``base``."""
    found = {"total": slices.total(), "added": slices.added(base)}
    for name, time in found["added"].items():
        console.duration(name, time)
    return found
