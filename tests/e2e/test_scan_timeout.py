"""A query without an index is interrupted at the scan timeout, and delays no other query."""

from collections.abc import Callable, Iterator

import httpx2
import pytest

from tests.e2e.many_heroes import fill
from tests.e2e.wire.contract import ids
from tests.support.served import serve

pytestmark = pytest.mark.fast_session("Scan timeouts")

MANY = 200_000
"""More heroes than a database scans in a millisecond."""

INSERT_HEROES = f"""INSERT INTO hero (name, secret_name, age)
    WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {MANY})
    SELECT 'Hero ' || i, 'x', i FROM numbers"""  # noqa: S608 - a number of our own


@pytest.fixture(scope="module")
def short_timeout_client(
    new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx2.Client]:
    """A client of a server with many heroes and a scan timeout of 1 ms."""
    path, url = tmp_path_factory.mktemp("served") / "heroes.db", new_database()
    fill(path, url, INSERT_HEROES)
    with (
        serve(path, database_url=url, scan_timeout="0.001") as server,
        httpx2.Client(base_url=server.url, timeout=20) as client,
    ):
        yield client


@pytest.mark.parametrize(
    ("query", "prefer"),
    [
        ("name__contains=x", {}),
        ("age__lte=0&sort=name", {}),
        ("offset=199999", {}),
        ("limit=1", {"Prefer": "count=exact"}),
    ],
)
def test_a_scan_that_times_out_returns_503(
    short_timeout_client: httpx2.Client, query: str, prefer: dict[str, str]
) -> None:
    refused = short_timeout_client.get(f"/heroes/?{query}", headers=prefer)

    assert 503 == refused.status_code, refused.text[:200]
    assert "1" == refused.headers["retry-after"]
    assert "application/problem+json" == refused.headers["content-type"]


def test_indexed_pages_succeed_despite_the_scan_timeout(
    short_timeout_client: httpx2.Client,
) -> None:
    last = [MANY, MANY - 1]

    for sort in ("-id", "-age", "-age,-id"):
        assert last == ids(short_timeout_client.get("/heroes/", params={"sort": sort, "limit": 2}))
    assert [7] == ids(short_timeout_client.get("/heroes/", params={"name": "Hero 7"}))
