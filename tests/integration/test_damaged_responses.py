"""A stored response that another program has changed is 503, and sent to nobody."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.support.served import Served, serve
from tests.support.sql import execute

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}
KEY = {"Idempotency-Key": "8e03978e"}


@pytest.fixture(scope="module", params=["fast", "plain"])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    database = tmp_path_factory.mktemp("damaged") / "heroes.db"
    with serve(database, session=request.param) as served:
        yield served


@pytest.mark.parametrize(
    "change",
    [
        *("status = 'abc'", "status = NULL", "status = X'E9'", "status = 99", "status = 2000"),
        *("status = 1.5", "headers = '[[1,2]]'", "headers = '[[\"x\"]]'", "headers = '7'"),
        *('headers = \'[["a","€"]]\'', 'headers = \'[["a","b\\nc: d"]]\'', "body = 7"),
        *("body = NULL", "body = 'text'", 'headers = \'[["content-length","3"]]\''),
        "headers = CAST(X'E9' AS TEXT)",
    ],
)
def test_a_changed_row_is_503_and_said_in_the_log(served: Served, change: str) -> None:
    url = f"sqlite:///{served.database}"
    with httpx2.Client(base_url=served.url) as client:
        execute(url, "DELETE FROM idempotent_answer")
        first = client.post("/heroes/", json=HERO, headers=KEY)
        execute(url, f"UPDATE idempotent_answer SET {change}")  # noqa: S608 - from above
        again = client.post("/heroes/", json=HERO, headers=KEY)

    assert (200, 503) == (first.status_code, again.status_code)
    served.wait_until_printed("a stored response is damaged", times=1)
