"""A query that no index serves is stopped at the setting, and holds nothing else up."""

from collections.abc import Callable, Iterator

import httpx2
import pytest

from tests.e2e.crowds import fill
from tests.e2e.wire.contract import ids
from tests.support.served import serve

pytestmark = pytest.mark.fast_session("Scan timeouts")

MANY = 200_000
"""More heroes than any database looks at in a millisecond."""

CROWD = f"""INSERT INTO hero (name, secret_name, age)
    WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {MANY})
    SELECT 'Hero ' || i, 'x', i FROM numbers"""  # noqa: S608 - a number of our own


@pytest.fixture(scope="module")
def impatient(
    new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx2.Client]:
    """A client of a server that has many heroes, and next to no time for a scan."""
    place, url = tmp_path_factory.mktemp("impatient") / "heroes.db", new_database()
    fill(place, url, CROWD)
    with (
        serve(place, database_url=url, scan_timeout="0.001") as server,
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
def test_a_scan_that_takes_too_long_is_answered_503(
    impatient: httpx2.Client, query: str, prefer: dict[str, str]
) -> None:
    refused = impatient.get(f"/heroes/?{query}", headers=prefer)

    assert 503 == refused.status_code, refused.text[:200]
    assert "1" == refused.headers["retry-after"]
    assert "application/problem+json" == refused.headers["content-type"]


def test_pages_that_an_index_has_are_answered_all_the_same(impatient: httpx2.Client) -> None:
    last = [MANY, MANY - 1]

    for sort in ("-id", "-age", "-age,-id"):
        assert last == ids(impatient.get("/heroes/", params={"sort": sort, "limit": 2}))
    assert [7] == ids(impatient.get("/heroes/", params={"name": "Hero 7"}))
