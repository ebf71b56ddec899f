"""Columns without a type keep numbers, also as names. They are walked, filtered and counted."""

from pathlib import Path

import httpx2
import pytest

from tests.integration.sqlite.mistyped.test_serving import walk
from tests.integration.tutorial_database import connection_to
from tests.support.served import serve

TABLE = "CREATE TABLE hero (id INTEGER PRIMARY KEY, name, secret_name BLOB, age INTEGER)"
NAMES = {"9e999": "", "-9e999": "", "1e300": "", "12.5": "", "13": "13", "-7": "-7", "'x'": "x"}


@pytest.mark.parametrize("session", ["fast", "plain"])
def test_numbers_as_names_are_shown_walked_and_filtered_alike(tmp_path: Path, session: str) -> None:
    path = tmp_path / "heroes.db"
    with connection_to(path) as connection:
        connection.execute(TABLE)
        for number in NAMES:
            connection.execute(f"INSERT INTO hero (name, secret_name) VALUES ({number}, 1e9)")  # noqa: S608 - from above

    with serve(path, session=session) as served, httpx2.Client(base_url=served.url) as client:
        for sort in ("id", "name", "-name", "-age,name"):
            whole = client.get("/heroes/", params={"sort": sort}).json()
            assert whole == walk(client, sort, 1)
        shown = client.get("/heroes/").json()
        for hero in shown:
            found = client.get("/heroes/", params={"name": hero["name"]}).json()
            assert [each for each in shown if each["name"] == hero["name"]] == found

    assert list(NAMES.values()) == [hero["name"] for hero in shown]
    assert {""} == {hero["secret_name"] for hero in shown}
