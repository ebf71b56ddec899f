"""Prometheus, from Debian's package, with the rules of ``deploy/alerts.yml``."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from tests.deployment.intermediaries import change_owner, free_port, running
from tests.integration.ordinary_user import shared_directory

PROMETHEUS = shutil.which("prometheus")

ALERTS = Path(__file__).parents[2] / "deploy" / "alerts.yml"

CONFIGURATION = """\
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [alerts.yml]
scrape_configs:
  - job_name: heroes
    static_configs: [{{targets: ["{target}"]}}]
"""


class Prometheus:
    """A client of Prometheus's API."""

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client

    def query(self, expression: str) -> list[float]:
        """Return the values of all series in the result of the expression."""
        result = self._get("/api/v1/query", query=expression)["result"]
        return [float(series["value"][1]) for series in result]

    def query_range(
        self, expression: str, start: float, end: float
    ) -> list[tuple[dict[str, str], list[tuple[float, float]]]]:
        """Return the labels of each series, and its times and values for each second."""
        result = self._get(
            "/api/v1/query_range", query=expression, start=f"{start}", end=f"{end}", step="1"
        )["result"]
        return [
            (series["metric"], [(float(when), float(value)) for when, value in series["values"]])
            for series in result
        ]

    def rules(self) -> dict[str, str]:
        """Return the health of each rule: ``ok``, once it was evaluated."""
        groups = self._get("/api/v1/rules")["groups"]
        return {rule["name"]: rule["health"] for group in groups for rule in group["rules"]}

    def _get(self, path: str, **parameters: str) -> Any:
        response = self._client.get(path, params=parameters).json()
        assert "success" == response["status"], response
        return response["data"]


@contextmanager
def prometheus(scraped_url: str) -> Iterator[Prometheus]:
    """Run a Prometheus that scrapes the URL's ``/metrics`` each second."""
    with shared_directory() as folder:
        text = CONFIGURATION.format(target=urlsplit(scraped_url).netloc)
        (folder / "prometheus.yml").write_text(text)
        shutil.copy(ALERTS, folder)
        (folder / "data").mkdir()
        change_owner(folder)
        port = free_port()
        command = [
            PROMETHEUS,
            f"--config.file={folder}/prometheus.yml",
            f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address=127.0.0.1:{port}",
        ]
        with (
            running(command, until="Server is ready"),
            httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client,
        ):
            yield Prometheus(client)
