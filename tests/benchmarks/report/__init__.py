"""The report: docs/benchmarks.md and its plots, made from the results and from notes.md.

The table in the README is made from the results, too.
"""

import subprocess

from tests.benchmarks.contenders import PEERS_PYTHON, ROOT
from tests.benchmarks.report.page import page
from tests.benchmarks.report.readme import with_table
from tests.benchmarks.results import PATH, Results

REPORT = ROOT / "docs/benchmarks.md"
PLOTS = ROOT / "docs/benchmarks"
README = ROOT / "README.md"


def write(results: Results) -> None:
    """Write the page, its plots and the README's table.

    matplotlib is only in the peers' environment.
    """
    REPORT.write_text(page(results))
    README.write_text(with_table(README.read_text(), results))
    drawing = [str(PEERS_PYTHON), "-m", "tests.benchmarks.report.plots", str(PATH), str(PLOTS)]
    subprocess.run(drawing, cwd=ROOT, check=True)
