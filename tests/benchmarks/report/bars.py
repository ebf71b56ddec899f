"""Plots of the main tables: throughput and latency of every server under each workload."""

from collections.abc import Mapping
from typing import Any

from matplotlib import pyplot as plt

from tests.benchmarks import figures
from tests.benchmarks.contenders import NAMES, OURS
from tests.benchmarks.figures import Rounds
from tests.benchmarks.report.drawing import GREY, colour, panels
from tests.benchmarks.results import Results, rounds_of
from tests.benchmarks.workloads import MEANINGS, WORKLOADS

LATENCY = "Latency, from the median to the 99th percentile (logarithmic)"


def throughput(results: Results, database: str) -> Any:
    """Return a figure of requests per second, a panel for each workload."""
    measured = main_rounds(results, database)
    if not measured:
        return None
    figure, axes = panels(len(measured), height=height_of(measured))
    for axis, (workload, rounds) in zip(axes, measured.items(), strict=True):
        names = named(axis, workload, rounds)
        for place, name in enumerate(names):
            rate = figures.summary(rounds, name).rate
            axis.barh(place, rate, color=colour(name), alpha=1 if name == OURS.name else 0.6)
            axis.text(rate, place, said(rounds, name, rate), va="center", fontsize=8, color=GREY)
        axis.set_xlim(right=1.25 * max(figures.summary(rounds, n).rate for n in names))
        axis.xaxis.set_major_locator(plt.MaxNLocator(4))
        axis.xaxis.set_major_formatter("{x:,.0f}")
        axis.set_xlabel("requests/s")
    figure.suptitle("Requests per second (longer is better)", color=GREY)
    return figure


def latency(results: Results, database: str) -> Any:
    """Return a figure of the median and the 99th percentile, a panel for each workload."""
    measured = main_rounds(results, database)
    if not measured:
        return None
    figure, axes = panels(len(measured), height=height_of(measured))
    for axis, (workload, rounds) in zip(axes, measured.items(), strict=True):
        for place, name in enumerate(named(axis, workload, rounds)):
            found = figures.summary(rounds, name)
            low, high = found.p50 / 1000, found.p99 / 1000
            axis.plot([low, high], [place, place], color=colour(name), linewidth=2)
            axis.plot(low, place, "o", color=colour(name), markersize=4)
            axis.plot(high, place, "|", color=colour(name), markersize=8, markeredgewidth=2)
        axis.set_xscale("log")
        axis.minorticks_off()
        axis.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axis.set_xlabel("milliseconds")
    figure.suptitle(LATENCY, color=GREY)
    return figure


def main_rounds(results: Results, database: str) -> Mapping[str, Rounds]:
    """Return what was measured for the main tables, by workload, where there is a comparison."""
    found = {w: rounds_of(results, f"main/{database}/{w}") for w in WORKLOADS}
    return {w: rounds for w, rounds in found.items() if len(figures.servers_in(rounds)) > 1}


def height_of(measured: Mapping[str, Rounds]) -> float:
    """Return the height of a panel, in inches, that suits the most servers."""
    return 0.8 + 0.18 * max(len(figures.servers_in(rounds)) for rounds in measured.values())


def named(axis: Any, workload: str, rounds: Rounds) -> list[str]:
    """Label a panel, and return the names of its servers from the top down."""
    there = figures.servers_in(rounds)
    names = [name for name in NAMES if name in there]
    axis.set_title(MEANINGS[workload])
    axis.set_yticks(range(len(names)), names)
    axis.set_ylim(len(names) - 0.5, -0.5)
    axis.tick_params(left=False)
    return names


def said(rounds: Rounds, name: str, rate: float) -> str:
    """Return what stands at the end of a bar."""
    return f" {rate:,.0f}" if figures.finished(rounds, name) else " did not finish"
