"""The short form of ``make overload``, which measures latencies: this only counts responses."""

from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from tests.soak import overload
from tests.support.served import serve

pytestmark = [pytest.mark.canary, pytest.mark.fast_session("Crowds")]


def test_an_overload_gets_200_or_503_and_then_is_over(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    settings = {"database_url": new_database(), "access_log": "false"}
    with serve(tmp_path / "heroes.db", **settings) as served:
        figures = overload.measure(served, overload.WORKLOADS["post"], seconds=3)
        response = httpx2.get(f"{served.url}/heroes/1")

    statuses = {outcome.status for outcome in figures.overload}
    assert {200} <= statuses <= {200, 503}
    assert 200 == response.status_code
    assert "Traceback" not in served.output()
