"""The plots, as small SVG files that are the same for the same results.

Run in the peers' environment: ``python -m tests.benchmarks.report.plots RESULTS FOLDER``.
"""

import sys
from pathlib import Path

from tests.benchmarks.contenders import DATABASES
from tests.benchmarks.report import bars, lines, overview
from tests.benchmarks.report.drawing import save, set_up
from tests.benchmarks.results import Results, load

PLOTS = {
    "overview": overview.overview,
    "throughput": bars.throughput,
    "latency": bars.latency,
    "connections": lines.connections,
    "growth": lines.growth,
}


def draw_all(results: Results, folder: Path) -> None:
    """Write a file for each plot and database that there are figures for."""
    set_up()
    for database in DATABASES:
        for name, draw in PLOTS.items():
            figure = draw(results, database)
            if figure is not None:
                save(figure, folder / f"{name}-{database}.svg")


if __name__ == "__main__":
    draw_all(load(Path(sys.argv[1])), Path(sys.argv[2]))
