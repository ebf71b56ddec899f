"""What was asked for besides the main tables: flat under growth, quick to start, no errors."""

from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

from tests.benchmarks import figures
from tests.benchmarks.contenders import (
    ALL_OFF,
    ALL_ON,
    INTERPRETED,
    KNOWN_KEY,
    NO_AUTHENTICATION,
    ONE_COMMIT_EACH,
    OURS,
    SQLITE,
)
from tests.benchmarks.report.target import Target
from tests.benchmarks.results import Results, rounds_of
from tests.benchmarks.workloads import MEANINGS, WORKLOADS

READ = 90
"""Microseconds of a read in process, by FastAPI's handlers, where the targets were set."""


SHARES = {64: 0.9, 256: 0.85}
"""Shares of the rate at 16 connections, by the number of connections."""

SECONDS_TO_START = 0.9
MEMORY = 110
"""Resident memory in MiB."""


def further_targets(results: Results, database: str) -> Iterator[Target]:
    """Yield those that were measured on the database."""
    yield from more_connections(results, database)
    yield from more_heroes(results, database)
    yield from beside(results, database)
    yield from control(results, database)
    yield from starting(results, database)
    yield from memory(results, database)
    yield from authentication(results, database)
    yield from operations(results, database)
    yield from errors(results, database)


def more_connections(results: Results, database: str) -> Iterator[Target]:
    """Yield what is left at more connections of the figure at 16."""
    for workload in WORKLOADS:
        rounds = rounds_of(results, f"connections/{database}/{workload}")
        for many, wanted in SHARES.items() if rounds else ():
            share = figures.rate_ratio(rounds, f"{OURS.name} {many}", f"{OURS.name} 16")
            what = f"{many} connections / 16 connections"
            yield Target(MEANINGS[workload], what, wanted, share)


def more_heroes(results: Results, database: str) -> Iterator[Target]:
    """Yield what is left of finding one hero among a million."""
    if rounds := rounds_of(results, f"growth/{database}/get"):
        share = figures.rate_ratio(rounds, f"{OURS.name} 1000000", f"{OURS.name} 1000")
        yield Target(MEANINGS["get"], "1,000,000 heroes / 1,000 heroes", 0.9, share)


def beside(results: Results, database: str) -> Iterator[Target]:
    """Yield how far apart reads' percentiles are while heroes are made."""
    if rounds := rounds_of(results, f"beside/{database}"):
        measured = figures.of_server(rounds, OURS.name)
        there = figures.finished(rounds, OURS.name)
        spread = median(m.p99 / m.p50 for m in measured) if there else None
        yield Target("reads during POSTs", "p99 / p50", 3.0, spread, at_most=True)


def control(results: Results, database: str) -> Iterator[Target]:
    """Yield the negative control: the rate that is left has to be clearly less."""
    if rounds := rounds_of(results, f"control/{database}"):
        share = figures.rate_ratio(rounds, ONE_COMMIT_EACH.name, OURS.name)
        yield Target("POST, no shared commits", "rate / rate of heroes", 0.9, share, at_most=True)


def starting(results: Results, database: str) -> Iterator[Target]:
    """Yield how long heroes takes to start."""
    servers = results["parts"].get(f"start-up/{database}", {}).get("servers", {})
    if OURS.name in servers:
        seconds = median(servers[OURS.name]["seconds"])
        yield Target(
            "startup", "seconds to the first response", SECONDS_TO_START, seconds, at_most=True
        )


def memory(results: Results, database: str) -> Iterator[Target]:
    """Yield the most memory that heroes had after a workload of the main tables."""
    measured = [
        measurement
        for workload in WORKLOADS
        for measurement in figures.of_server(
            rounds_of(results, f"main/{database}/{workload}"), OURS.name
        )
    ]
    if measured:
        most = max(measurement.rss for measurement in measured) / 1024
        yield Target("memory", "MiB after any workload", MEMORY, most, at_most=True)


def authentication(results: Results, database: str) -> Iterator[Target]:
    """Yield what a known API key adds to a request, which is measured on SQLite."""
    part = results["parts"].get("authentication")
    if database == SQLITE and part:
        yield of_added("known API key", 10, part["added"][KNOWN_KEY], read_of(part))


def operations(results: Results, database: str) -> Iterator[Target]:
    """Yield what all parts for operators add to a request, an API key included."""
    part = results["parts"].get("operations")
    if database == SQLITE and part:
        yield of_added("everything for operators", 20, part["added"][ALL_ON], read_of(part))


def read_of(part: Any) -> float:
    """Return the microseconds of a read on this machine, without compiled routes as ``READ``."""
    total: Mapping[str, float] = part["total"]
    without_any = total.get(NO_AUTHENTICATION, total.get(ALL_OFF, READ))
    return total.get(INTERPRETED, without_any)


def of_added(what: str, target: float, added: float, read: float) -> Target:
    """Return the target of what is added, scaled to a machine on which a read takes ``READ``."""
    return Target(what, f"µs added to a read of {READ}", target, added * READ / read, at_most=True)


def errors(results: Results, database: str) -> Iterator[Target]:
    """Yield how many cells of heroes had an error, a timeout or a stall, in all that was run."""
    parts = [part for part in results["parts"] if f"/{database}" in part]
    cells = [(rounds, name) for p in parts for rounds, name in ours(results, p)]
    if cells:
        broken = sum(not figures.finished(rounds, name) for rounds, name in cells)
        yield Target("all of heroes", "measurements with errors", 0, broken, at_most=True)


def ours(results: Results, part: str) -> Iterator[tuple[list[figures.Round], str]]:
    """Yield heroes' cells of a part."""
    rounds = rounds_of(results, part)
    for name in figures.servers_in(rounds):
        if name.startswith(OURS.name):
            yield rounds, name
