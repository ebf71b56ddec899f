"""Plots over something that grows: connections, and heroes in the database."""

from collections.abc import Sequence
from typing import Any

from tests.benchmarks import figures
from tests.benchmarks.figures import Rounds
from tests.benchmarks.report.drawing import GREY, colour, panels
from tests.benchmarks.results import Results, rounds_of
from tests.benchmarks.workloads import MEANINGS, WORKLOADS


def connections(results: Results, database: str) -> Any:
    """Return a figure of requests per second over connections."""
    return over(results, "connections", database, "connections")


def growth(results: Results, database: str) -> Any:
    """Return a figure of requests per second over the number of heroes."""
    return over(results, "growth", database, "heroes in the database")


def over(results: Results, section: str, database: str, what: str) -> Any:
    """Return a figure with a panel for each workload, a line for each server over ``what``."""
    found = {w: rounds_of(results, f"{section}/{database}/{w}") for w in WORKLOADS}
    measured = {workload: rounds for workload, rounds in found.items() if rounds}
    if not measured:
        return None
    figure, axes = panels(len(measured))
    for axis, (workload, rounds) in zip(axes, measured.items(), strict=True):
        axis.set_title(MEANINGS[workload])
        numbers = draw(axis, rounds)
        axis.set_xscale("log")
        axis.set_xticks(numbers, [f"{number:,}" for number in numbers])
        axis.minorticks_off()
        axis.set_ylim(bottom=0)
        axis.set_xlabel(what)
        axis.set_ylabel("requests/s")
        axis.legend()
    figure.suptitle(f"Requests per second, by {what}", color=GREY)
    return figure


def draw(axis: Any, rounds: Rounds) -> Sequence[int]:
    """Draw each server's line through where it finished, and return all the numbers."""
    names = [name.rpartition(" ") for name in figures.servers_in(rounds)]
    numbers = sorted({int(number) for _, _, number in names})
    for server in sorted({server for server, _, _ in names}):
        reached = [n for n in numbers if figures.finished(rounds, f"{server} {n}")]
        rates = [figures.summary(rounds, f"{server} {n}").rate for n in reached]
        axis.plot(reached, rates, "o-", color=colour(server), label=server, markersize=3)
    return numbers
