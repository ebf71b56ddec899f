"""A million heroes: paging to the end, and full scans concurrent with other requests.

The tests take minutes and measure time, so they run only with ``TEST_MILLION=1``, and need
``--override-ini faulthandler_timeout=0``.
"""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from statistics import median, quantiles

import httpx2
import pytest

from tests.e2e.many_heroes import fill
from tests.e2e.wire.contract import ids
from tests.support.served import serve

pytestmark = [
    pytest.mark.timeout(3600),
    pytest.mark.fast_session("Scan timeouts"),
    pytest.mark.skipif(
        "TEST_MILLION" not in os.environ, reason="takes minutes; set TEST_MILLION=1 to run it"
    ),
]

MILLION = 1_000_000
INSERT_HEROES = f"""INSERT INTO hero (name, secret_name, age)
    WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {MILLION})
    SELECT 'Hero ' || (i % 1000 * 1000 + i / 1000), 'x',
        CASE i % 10 WHEN 0 THEN NULL ELSE i % 97 END
    FROM numbers"""  # noqa: S608 - a number of our own

SAMPLE = 500
"""Number of pages at the start and at the end that are compared."""

SCANS = ("/heroes/?name__contains=nobody", "/heroes/?limit=1&name__contains=99")
LIMIT = 0.05
"""Maximum p99 latency of other requests in seconds."""


@pytest.fixture(scope="module")
def url(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server with a million heroes."""
    path, database = tmp_path_factory.mktemp("million") / "heroes.db", new_database()
    fill(path, database, INSERT_HEROES)
    with serve(path, database_url=database, access_log="false") as server:
        yield server.url


@pytest.mark.parametrize("sort", ["id", "-age", "name"])
def test_the_last_pages_take_as_long_as_the_first(url: str, sort: str) -> None:
    seen: set[int] = set()
    seconds: list[float] = []
    following: str | None = f"/heroes/?limit=100&sort={sort}"

    with httpx2.Client(base_url=url, timeout=30) as client:
        while following:
            started = time.perf_counter()
            page = client.get(following)
            seconds.append(time.perf_counter() - started)
            seen.update(ids(page))
            link = page.headers.get("link")
            following = link and link.partition(">")[0].removeprefix("<")

    first, last = (median(some) for some in (seconds[:SAMPLE], seconds[-SAMPLE - 1 : -1]))
    print(f"{sort}: {first * 1e3:.2f} ms, at the end {last * 1e3:.2f} ms")  # noqa: T201
    assert MILLION == len(seen)
    assert last <= 1.5 * first


async def test_full_scans_do_not_delay_other_requests(url: str) -> None:
    async with httpx2.AsyncClient(base_url=url, timeout=30) as client:
        done = asyncio.Event()

        async def scan_repeatedly(path: str) -> int:
            scans = 0
            while not done.is_set():
                response = await client.get(path, headers={"Prefer": "count=exact"})
                assert 200 == response.status_code
                scans += 1
            return scans

        scanning = [asyncio.create_task(scan_repeatedly(path)) for path in SCANS]
        seconds = []
        for number in range(3_000):
            started = time.perf_counter()
            assert 200 == (await client.get(f"/heroes/{number + 1}")).status_code
            seconds.append(time.perf_counter() - started)
        done.set()
        scans = await asyncio.gather(*scanning)

    p99 = quantiles(seconds, n=100)[-1]
    print(f"p99 {p99 * 1e3:.1f} ms, with {sum(scans)} concurrent scans")  # noqa: T201
    assert min(scans) > 0
    assert p99 < LIMIT
