"""A real Prometheus that scrapes two workers, with the project's rules and dashboard."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.deployment.monitoring import PROMETHEUS, Prometheus, prometheus
from tests.faults.polling import seconds_until
from tests.support.served import Served, fresh_postgres, serve
from tests.unit.test_metrics_page import ALERT_NAMES, QUERIES

pytestmark = pytest.mark.skipif(PROMETHEUS is None, reason="prometheus is not installed")

READS = 30
COUNTED = 'sum(http_server_request_duration_seconds_count{http_route="/heroes/{hero_id}"})'
HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}


@pytest.fixture(scope="module")
def served(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of two workers."""
    file = tmp_path_factory.mktemp("served") / "served.db"
    with (
        fresh_postgres(postgres_url) as url,
        serve(file, "--workers", "2", database_url=url, rate_limit="100000/second") as served,
    ):
        served.wait_until_printed("Application startup complete.", 2)
        yield served


@pytest.fixture(scope="module")
def monitoring(served: Served) -> Iterator[Prometheus]:
    with prometheus(served.url) as running:
        yield running


async def test_prometheus_counts_what_both_workers_have_served(
    served: Served, monitoring: Prometheus
) -> None:
    for _ in range(READS):
        httpx2.get(f"{served.url}/heroes/1")
    httpx2.post(f"{served.url}/heroes/", json=HERO)
    httpx2.get(served.url, headers={"Host": "a b"})

    async def has_counted() -> bool:
        return monitoring.query(COUNTED) == [READS]

    await seconds_until(has_counted)
    assert [1] == monitoring.query("count(up == 1)")


async def test_every_rule_is_evaluated(monitoring: Prometheus) -> None:
    async def are_healthy() -> bool:
        return set(monitoring.rules().values()) == {"ok"}

    await seconds_until(are_healthy)
    assert set(ALERT_NAMES) == set(monitoring.rules())


@pytest.mark.parametrize("title", QUERIES)
async def test_a_query_of_the_dashboard_has_a_result(monitoring: Prometheus, title: str) -> None:
    query = QUERIES[title].replace("$__rate_interval", "1m").replace("$job", ".*")
    if title.startswith("SQLite"):
        assert [] == monitoring.query(query)
        return

    async def has_a_result() -> bool:
        return bool(monitoring.query(query))

    await seconds_until(has_a_result)
