"""The plot in the README: four servers under each workload, on one axis."""

from collections.abc import Mapping
from typing import Any

from matplotlib import pyplot as plt

from tests.benchmarks.contenders import OURS
from tests.benchmarks.figures import Rounds
from tests.benchmarks.report.drawing import COLOURS, GREY
from tests.benchmarks.report.markdown import NAMES
from tests.benchmarks.report.summaries import (
    BEST_PEER,
    find_best_peer,
    find_rate,
    measured_workloads,
)
from tests.benchmarks.results import Results
from tests.benchmarks.workloads import MEANINGS

SHOWN = {
    "plain": COLOURS["plain"],
    BEST_PEER: COLOURS["litestar"],
    OURS.name: COLOURS[OURS.name],
    "ceiling": COLOURS["ceiling"],
}
"""The bars of a workload, from left to right, and their colours."""

WIDTH = 0.2


def overview(results: Results, database: str) -> Any:
    """Return a figure of requests per second, a group of bars for each workload."""
    measured = measured_workloads(results, database)
    if not measured:
        return None
    figure, axis = plt.subplots(figsize=(10, 4), layout="constrained")
    for index, (name, colour) in enumerate(SHOWN.items()):
        bars = rates_of(name, measured)
        centres = [group + (index - (len(SHOWN) - 1) / 2) * WIDTH for group in bars]
        drawn = axis.bar(centres, bars.values(), 0.92 * WIDTH, color=colour, label=name)
        axis.bar_label(drawn, fmt="{:,.0f}", fontsize=7, color=GREY, padding=2)
    axis.set_xticks(range(len(measured)), [label(w, rounds) for w, rounds in measured.items()])
    axis.tick_params(bottom=False)
    axis.yaxis.set_major_formatter("{x:,.0f}")
    axis.set_ylabel("requests per second")
    axis.set_title(f"{NAMES[database]}, one core, 16 connections (higher is better)")
    axis.margins(y=0.16)  # for the legend
    axis.legend(ncols=len(SHOWN), loc="upper right")
    return figure


def rates_of(name: str, measured: Mapping[str, Rounds]) -> Mapping[int, float]:
    """Return the rate of a server, or of the best peer, by the index of the workload."""
    found = {
        group: find_rate(rounds, find_best_peer(rounds) if name == BEST_PEER else name)
        for group, rounds in enumerate(measured.values())
    }
    return {group: rate for group, rate in found.items() if rate is not None}


def label(workload: str, rounds: Rounds) -> str:
    """Return what stands below a group of bars: the workload, and which peer is the best."""
    peer = find_best_peer(rounds)
    return MEANINGS[workload] if peer is None else f"{MEANINGS[workload]}\n{BEST_PEER}: {peer}"
