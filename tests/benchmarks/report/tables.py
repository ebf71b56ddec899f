"""The main tables: every server under one workload."""

from tests.benchmarks import figures
from tests.benchmarks.contenders import OURS
from tests.benchmarks.figures import Rounds
from tests.benchmarks.report.markdown import mebibytes, milliseconds, table, times
from tests.benchmarks.results import Results, rounds_of
from tests.benchmarks.workloads import MEANINGS, WORKLOADS

HEAD = (
    "server",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "errors",
    "memory MiB",
    "heroes / server",
)


def main_tables(results: Results, database: str) -> str:
    """Return a table for each workload that was measured on the database."""
    found = {w: rounds_of(results, f"main/{database}/{w}") for w in WORKLOADS}
    return "\n".join(
        f"### {MEANINGS[workload]}\n\n{table(HEAD, rows(rounds))}"
        for workload, rounds in found.items()
        if rounds
    )


def rows(rounds: Rounds) -> list[list[str]]:
    """Return a row for each server, the fastest first; those that did not finish last."""
    names = sorted(
        figures.servers_in(rounds),
        key=lambda n: (figures.finished(rounds, n), figures.summary(rounds, n).rate),
        reverse=True,
    )
    return [row(rounds, name) for name in names]


def row(rounds: Rounds, name: str) -> list[str]:
    """Return a server's row. Where it did not finish, that is said in place of the ratio."""
    found = figures.summary(rounds, name)
    ratio = figures.rate_ratio(rounds, OURS.name, name)
    if not figures.finished(rounds, name):
        last = f"**{figures.failure(rounds, name)}**"
    else:
        last = "" if name == OURS.name else times(ratio, "heroes did not finish")
    return [
        f"**{name}**" if name == OURS.name else name,
        f"{found.rate:,.0f}",
        milliseconds(found.p50),
        milliseconds(found.p99),
        f"{found.errors:,}",
        mebibytes(found.rss),
        last,
    ]


def distances(results: Results, database: str) -> str:
    """Return what lies between heroes and the ceiling, and the floor, in microseconds."""
    found = []
    for workload in WORKLOADS:
        rounds = rounds_of(results, f"main/{database}/{workload}")
        to_ceiling = figures.microseconds_between(rounds, OURS.name, "ceiling")
        to_floor = figures.microseconds_between(rounds, OURS.name, "floor")
        if to_ceiling is None and to_floor is None:
            continue
        each = 1e6 / figures.summary(rounds, OURS.name).rate
        found.append([MEANINGS[workload], f"{each:,.0f}", signed(to_ceiling), signed(to_floor)])
    head = ("workload", "heroes, µs per request", "above the ceiling", "above the floor")
    return table(head, found) if found else ""


def signed(microseconds: float | None) -> str:
    """Return a difference with its sign."""
    return "" if microseconds is None else f"{microseconds:+,.0f}"
