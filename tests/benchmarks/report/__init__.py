"""The report: docs/benchmarks.md and its plots, made from the results and from notes.md."""

import subprocess

from tests.benchmarks.contenders import PEERS_PYTHON, ROOT
from tests.benchmarks.report.page import page
from tests.benchmarks.results import PATH, Results

REPORT = ROOT / "docs/benchmarks.md"
PLOTS = ROOT / "docs/benchmarks"


def write(results: Results) -> None:
    """Write the page and its plots. matplotlib is only in the peers' environment."""
    REPORT.write_text(page(results))
    drawing = [str(PEERS_PYTHON), "-m", "tests.benchmarks.report.plots", str(PATH), str(PLOTS)]
    subprocess.run(drawing, cwd=ROOT, check=True)
