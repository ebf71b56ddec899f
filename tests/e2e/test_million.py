"""A million heroes: walked through to the end, and looked through while others are served.

It takes minutes and measures time, so it is run only when asked for: ``TEST_MILLION=1``.
"""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from statistics import median, quantiles

import httpx2
import pytest

from tests.e2e.crowds import fill
from tests.e2e.wire.contract import ids
from tests.support.served import serve

pytestmark = [
    pytest.mark.timeout(3600),
    pytest.mark.fast_session("Scan timeouts"),
    pytest.mark.skipif(
        "TEST_MILLION" not in os.environ, reason="takes minutes; TEST_MILLION=1 asks for it"
    ),
]

MILLION = 1_000_000
CROWD = f"""INSERT INTO hero (name, secret_name, age)
    WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {MILLION})
    SELECT 'Hero ' || (i % 1000 * 1000 + i / 1000), 'x',
        CASE i % 10 WHEN 0 THEN NULL ELSE i % 97 END
    FROM numbers"""  # noqa: S608 - a number of our own

SAMPLE = 500
"""Pages at the beginning and at the end that are compared."""

SCANS = ("/heroes/?name__contains=nobody", "/heroes/?limit=1&name__contains=99")
LIMIT = 0.05
"""Seconds within which 99 of 100 other requests are answered."""


@pytest.fixture(scope="module")
def url(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that has a million heroes."""
    place, database = tmp_path_factory.mktemp("million") / "heroes.db", new_database()
    fill(place, database, CROWD)
    with serve(place, database_url=database, access_log="false") as server:
        yield server.url


@pytest.mark.parametrize("sort", ["id", "-age", "name"])
def test_the_last_pages_cost_what_the_first_ones_cost(url: str, sort: str) -> None:
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


async def test_others_do_not_notice_that_all_are_looked_through(url: str) -> None:
    async with httpx2.AsyncClient(base_url=url, timeout=30) as client:
        done = asyncio.Event()

        async def look_through(path: str) -> int:
            scans = 0
            while not done.is_set():
                response = await client.get(path, headers={"Prefer": "count=exact"})
                assert 200 == response.status_code
                scans += 1
            return scans

        scanning = [asyncio.create_task(look_through(path)) for path in SCANS]
        seconds = []
        for number in range(3_000):
            started = time.perf_counter()
            assert 200 == (await client.get(f"/heroes/{number + 1}")).status_code
            seconds.append(time.perf_counter() - started)
        done.set()
        scans = await asyncio.gather(*scanning)

    slowest = quantiles(seconds, n=100)[-1]
    print(f"99 of 100 in {slowest * 1e3:.1f} ms, beside {sum(scans)} scans")  # noqa: T201
    assert min(scans) > 0
    assert slowest < LIMIT
