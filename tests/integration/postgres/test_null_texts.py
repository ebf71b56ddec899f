"""Nulls in text columns of a user's table are served as empty texts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.served import ask, fresh_postgres, invoke, serve

TABLE = (
    "CREATE TABLE hero (id SERIAL PRIMARY KEY, name VARCHAR, secret_name VARCHAR, age INTEGER)",
    """INSERT INTO hero (name, secret_name, age) VALUES
       ('Zed', 'z', 3), (NULL, 'secret', 2), ('', NULL, NULL), (NULL, NULL, 1), ('Abe', 'a', 5)""",
)


@pytest.fixture
def url(postgres_url: str) -> Iterator[str]:
    with fresh_postgres(postgres_url) as url:
        ask(url, *TABLE)
        yield url


@pytest.mark.parametrize("session", ["fast", "plain"])
def test_links_and_counts_agree_with_the_empty_texts_that_are_shown(
    tmp_path: Path, url: str, session: str
) -> None:
    with (
        serve(tmp_path / "unused", database_url=url, session=session) as served,
        httpx2.Client(base_url=served.url) as client,
    ):
        for sort in ("id", "name", "-name", "-age,name"):
            whole = client.get("/heroes/", params={"sort": sort}).json()
            assert whole == walk(client, sort)
        names = [hero["name"] for hero in client.get("/heroes/?sort=name").json()]
        empty = client.get("/heroes/", params={"name": ""}, headers={"Prefer": "count=exact"})
        changed = client.patch("/heroes/2", json={"age": 4}).json()

    assert ["", "", "", "Abe", "Zed"] == names
    assert ([2, 3, 4], "3") == (
        [hero["id"] for hero in empty.json()],
        empty.headers["X-Total-Count"],
    )
    assert {"name": "", "secret_name": "secret", "age": 4, "id": 2} == changed
    assert [(None, "secret", 4)] == ask(url, "SELECT name, secret_name, age FROM hero WHERE id = 2")


def test_check_lists_the_rows(tmp_path: Path, url: str) -> None:
    invoke(tmp_path / "unused", "migrate", database_url=url)

    ended = invoke(tmp_path / "unused", "check", database_url=url)

    assert ["hero 2: name", "hero 3: secret_name", "hero 4: name, secret_name"] == (
        ended.stdout.splitlines()[-4:-1]
    )
    assert 1 == ended.exit_code


def walk(client: httpx2.Client, sort: str) -> list[dict[str, Any]]:
    heroes: list[dict[str, Any]] = []
    page = client.get("/heroes/", params={"sort": sort, "limit": 1})
    while True:
        heroes += page.json()
        if "next" not in page.links:
            return heroes
        page = client.get(page.url.join(page.links["next"]["url"]))
