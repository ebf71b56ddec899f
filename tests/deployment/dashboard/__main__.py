"""Run a server under load for a minute, and draw its dashboard to ``docs/dashboard.svg``.

``python -m tests.deployment.dashboard`` needs Prometheus, and nothing else that loads the machine.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.deployment.dashboard.drawing import Panel, draw
from tests.deployment.dashboard.load import DURATION, run_load
from tests.deployment.monitoring import PROMETHEUS, Prometheus, prometheus
from tests.support.served import serve
from tests.unit.test_metrics_page import PANELS

PICTURE = Path(__file__).parents[3] / "docs" / "dashboard.svg"

RATE_INTERVAL = "5s"
"""Time over which rates are computed. Prometheus scrapes each second here."""

SETTINGS = {"max_pending": "40", "rate_limit": "100000/second", "access_log": "false"}


def main() -> None:
    """Draw the dashboard, without the panels that have no data on SQLite."""
    if PROMETHEUS is None:
        sys.exit("prometheus is not installed (Debian: prometheus)")
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder) / "heroes.db", **SETTINGS) as served,
        prometheus(served.url) as monitoring,
    ):
        started = time.time()
        asyncio.run(run_load(served.address))
        panels = [read_panel(monitoring, title, started) for title in PANELS]
    PICTURE.write_text(draw([panel for panel in panels if panel.lines]))
    print(f"Drew {PICTURE}.")  # noqa: T201 - it is a command


def read_panel(monitoring: Prometheus, title: str, started: float) -> Panel:
    """Return the lines of a panel: seconds since the start, and values."""
    panel = PANELS[title]
    lines = {}
    for target in panel["targets"]:
        query = target["expr"].replace("$__rate_interval", RATE_INTERVAL).replace("$job", ".*")
        for labels, values in monitoring.query_range(query, started, started + DURATION):
            name = target["legendFormat"]
            for label, value in labels.items():
                name = name.replace("{{" + label + "}}", value)
            points = [(when - started, value) for when, value in values if value == value]  # noqa: PLR0124 - not NaN
            if points:
                lines[name.partition("{{")[0].strip()] = points
    return Panel(title, panel["fieldConfig"]["defaults"]["unit"], lines)


if __name__ == "__main__":
    main()
