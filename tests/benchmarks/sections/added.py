"""What parts of the service add to GET of one hero, in this process and over the socket."""

from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, Protocol

import uvloop

from tests.benchmarks import console
from tests.benchmarks.bench import Bench
from tests.benchmarks.contenders import OURS, SQLITE, Contender
from tests.benchmarks.figures import microseconds_between
from tests.benchmarks.in_process.slices import Slices
from tests.benchmarks.rounds import as_json, measured_in_rounds
from tests.benchmarks.sections.main import subjects


class MeasureInProcess(Protocol):
    """Measures on a new file in the folder."""

    def __call__(self, folder: Path, rounds: int) -> Coroutine[Any, Any, Slices]: ...


def measure_added(
    bench: Bench,
    section: str,
    in_process: MeasureInProcess,
    base: str,
    servers: Sequence[Contender],
) -> dict[str, Any]:
    """Return a part for the socket, and on SQLite one for this process.

    In this process a request is compared with that of ``base``, over the socket with heroes.
    """
    parts: dict[str, Any] = {}
    if bench.database == SQLITE:
        console.heading(f"{section}, in this process")
        slices = uvloop.run(in_process(bench.folder, bench.options.rounds))
        parts[section] = summarize(slices, base)
    console.heading(f"{bench.database}, {section}")
    with bench.running([OURS, *servers], bench.options.rows) as running:
        rounds = measured_in_rounds(bench.options.rounds, subjects(bench, "get", running))
    for server in servers:
        added = microseconds_between(rounds, server.name, OURS.name)
        if added is not None:
            console.duration(f"{server.name}, over the socket", added)
    return {**parts, f"{section}/{bench.database}": {"rounds": as_json(rounds)}}


def summarize(slices: Slices, base: str) -> dict[str, Any]:
    """Return the medians of the time of a request, and of what is added to that of ``base``."""
    found = {"total": slices.total(), "added": slices.added(base)}
    for name, time in found["added"].items():
        console.duration(name, time)
    return found
