"""``docs/metrics.md``, the dashboard and the alerts name metrics that exist, and all of them."""

import json
import re
import shutil
import subprocess
from typing import Any

import pytest
from prometheus_client import generate_latest

from adapters.postgres.connections import ServerOptions
from adapters.postgres.database import PostgresDatabase
from entrypoints.http.middleware.gcra import RateLimiter
from entrypoints.http.middleware.request_timeout import TimeoutCount
from entrypoints.quotas import Quota
from entrypoints.server.limits.admission import Admission
from entrypoints.server.limits.connections import ConnectionLimit
from entrypoints.server.limits.refusals import Refusals
from entrypoints.telemetry.logs.dropped import DroppedLines
from entrypoints.telemetry.metrics.metrics import Metrics
from service_layer.retention import Retention
from service_layer.telemetry.measurements import Measure
from tests.support.databases import open_sqlite
from tests.unit.test_security_page import ROOT

PAGE = (ROOT / "docs" / "metrics.md").read_text()
ALERTS = ROOT / "deploy" / "alerts.yml"
RULES_TESTED = ROOT / "deploy" / "alerts_test.yml"
DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text())

PANELS = {panel["title"]: panel for panel in DASHBOARD["panels"] if panel["type"] != "row"}
QUERIES = {
    f"{title}: {target['legendFormat']}": target["expr"]
    for title, panel in PANELS.items()
    for target in panel["targets"]
}
EXPRESSIONS = re.findall(r"expr: (?:\|\n)?(.*?)\n +(?:for|labels):", ALERTS.read_text(), re.DOTALL)
ALERT_NAMES = re.findall(r"- alert: (\w+)", ALERTS.read_text())

DOCUMENTED = {
    name: (kind, set(re.findall(r"`(\w+)`", labels)))
    for name, kind, labels in re.findall(r"^\| `(\w+)` \| (\w+) \| ([^|]*) ?\|", PAGE, re.MULTILINE)
}

SERIES = re.compile(r"\b(\w+)\{([^}]*)\}")
"""A metric with its selectors, as each query has them."""

ADDED_BY_PROMETHEUS = {"up": {"job", "instance"}}
TARGET_LABELS = {"job", "instance"}

PROMTOOL = shutil.which("promtool")


def refusals() -> Measure:
    counted = Refusals()
    counted.count(400)
    return counted.measure


@pytest.fixture(scope="module")
def existing(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, set[str]]]:
    """The metrics of all components: their kind, and the names of their labels."""
    metrics = Metrics()
    metrics.identify("service", "1")
    metrics.durations.observe("GET", "", 200, 0.1)
    sqlite = open_sqlite(tmp_path_factory.mktemp("none") / "heroes.db")
    metrics.add(
        sqlite.measure,
        PostgresDatabase("postgresql://localhost/heroes", ServerOptions()).measure,
        RateLimiter(Quota(1, 60)).measure,
        TimeoutCount().measure,
        Retention().measure,
        Admission(1, 1).measure,
        ConnectionLimit(1).measure,
        refusals(),
        DroppedLines().measure,
    )
    metrics.publish()
    sqlite.dispose()
    text = generate_latest(metrics._rendered).decode()  # noqa: SLF001 - without an event loop
    kinds = re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE)
    return {name: (kind, labels_of(name, text)) for name, kind in kinds}


def labels_of(name: str, text: str) -> set[str]:
    series = re.findall(rf"^{name}(?:_count)?(?:{{(.*)}})? ", text, re.MULTILINE)
    return {label for each in series for label in re.findall(r'(\w+)="', each)}


def family(name: str) -> str:
    """Return the metric that the page documents for a series, such as that of a bucket."""
    return re.sub(r"_(?:bucket|sum|count)$", "", name) if name not in DOCUMENTED else name


def test_the_page_documents_every_metric_with_its_kind_and_labels(
    existing: dict[str, tuple[str, set[str]]],
) -> None:
    assert existing == DOCUMENTED


@pytest.mark.parametrize("query", [*QUERIES.values(), *EXPRESSIONS])
def test_a_query_uses_metrics_and_labels_that_exist(query: str) -> None:
    known = ADDED_BY_PROMETHEUS | {name: labels for name, (_, labels) in DOCUMENTED.items()}
    series = SERIES.findall(query)
    for name, selectors in series:
        labels = known[family(name)] | TARGET_LABELS
        assert set(re.findall(r"(\w+)=", selectors)) <= labels
        assert "job" in selectors
    grouped = {label for by in re.findall(r"by \(([^)]*)\)", query) for label in by.split(", ")}
    available = set().union(*known.values(), TARGET_LABELS, {"le"})
    assert series
    assert grouped <= available


def test_the_dashboard_shows_every_metric_but_the_version() -> None:
    shown = {family(name) for query in QUERIES.values() for name, _ in SERIES.findall(query)}

    assert {"process_virtual_memory_bytes", "target_info"} == set(DOCUMENTED) - shown


def test_panels_do_not_overlap_and_have_their_own_ids() -> None:
    cells = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    ids = [panel["id"] for panel in DASHBOARD["panels"]]

    assert len(cells) == len(set(cells))
    assert len(ids) == len(set(ids))
    assert all(0 <= x < 24 for x, _ in cells)


@pytest.mark.parametrize("alert", ALERT_NAMES)
def test_the_page_says_what_to_do_for_an_alert_and_the_alert_is_tested(alert: str) -> None:
    tested = RULES_TESTED.read_text()

    assert f"\n### {alert}\n" in PAGE
    assert f"name: {alert} fires\n" in tested
    assert f"name: {alert} does not fire\n" in tested


def test_the_page_explains_no_alert_that_does_not_exist() -> None:
    assert set(re.findall(r"^### (Heroes\w+)$", PAGE, re.MULTILINE)) == set(ALERT_NAMES)


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (Debian: prometheus)")
@pytest.mark.parametrize(
    "command",
    [("check", "rules", ALERTS.name), ("test", "rules", RULES_TESTED.name)],
    ids=["check", "test"],
)
def test_the_alerts_pass_promtool(command: tuple[str, ...]) -> None:
    result = subprocess.run(
        [str(PROMTOOL), *command], cwd=ALERTS.parent, capture_output=True, text=True, check=False
    )

    assert 0 == result.returncode, result.stdout + result.stderr


def test_there_are_queries_and_alerts() -> None:
    assert len(PANELS) > 15
    assert len(EXPRESSIONS) == len(ALERT_NAMES) > 10
