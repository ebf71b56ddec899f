"""Each worker of a server returns the sums over all workers, also after one was killed."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.integration.server.test_workers import workers_of
from tests.support.served import Served, fresh_postgres, serve

READS = 20
STARTED = "Application startup complete."
COUNTED = re.compile(
    r'^http_server_request_duration_seconds_count{http_request_method="GET",'
    r'http_response_status_code="404",http_route="/heroes/{hero_id}"} (.*)$',
    re.MULTILINE,
)


@pytest.fixture
def served(postgres_url: str, tmp_path: Path) -> Iterator[Served]:
    """A server of two workers, and a directory for temporary files."""
    (tmp_path / "tmp").mkdir()
    with (
        fresh_postgres(postgres_url) as url,
        serve(
            tmp_path / "served.db",
            "--workers",
            "2",
            database_url=url,
            max_connections="100",
        ) as served,
    ):
        served.wait_until_printed(STARTED, 2)
        yield served


def request(served: Served, path: str) -> str:
    """Request the path on a connection of its own, which either worker may accept."""
    return httpx2.get(served.url + path).text


def reads(text: str) -> float:
    (value,) = COUNTED.findall(text)
    return float(value)


def gauge(text: str, name: str) -> float:
    (value,) = re.findall(f"^{name} (.*)$", text, re.MULTILINE)
    return float(value)


def test_each_worker_returns_the_sums_over_all(served: Served) -> None:
    for _ in range(READS):
        request(served, "/heroes/1")

    scrapes = [request(served, "/metrics") for _ in range(6)]
    assert {READS} == {reads(text) for text in scrapes}
    assert {200} == {gauge(text, "http_server_connections_max") for text in scrapes}

    victim = workers_of(served)[0]
    os.kill(int(victim.name), signal.SIGKILL)
    served.wait_until_printed(STARTED, 1)
    assert f"worker process {victim.name} has ended with exit code -9;" in served.output()
    for _ in range(READS):
        request(served, "/heroes/1")

    scrapes = [request(served, "/metrics") for _ in range(6)]
    assert {2 * READS} == {reads(text) for text in scrapes}
    assert {200} == {gauge(text, "http_server_connections_max") for text in scrapes}
