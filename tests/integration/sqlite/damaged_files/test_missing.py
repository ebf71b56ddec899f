"""A database file that can't be where it is to be, or is there no more."""

from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from service_layer.errors import StoreUnavailable
from tests.integration.processes import assert_one_sentence, run
from tests.integration.sqlite.damaged_files.requests import BODY
from tests.support.databases import migrated_sqlite
from tests.support.served import serve


@pytest.mark.parametrize("path", ["missing/heroes.db", "."], ids=["no such folder", "a folder"])
def test_a_file_that_can_not_be_there_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        migrated_sqlite(tmp_path / path)

    assert [] == list(tmp_path.iterdir())


def test_the_server_refuses_it_in_one_sentence(tmp_path: Path) -> None:
    ended = run("serve", tmp_path / "missing/heroes.db", port="0")

    assert_one_sentence(ended, 1, "database")


@pytest.mark.parametrize("take_away", [Path.unlink, lambda path: path.rename(f"{path}.old")])
def test_a_file_that_is_taken_away_is_missed_before_anything_is_acknowledged(
    tmp_path: Path, take_away: Callable[[Path], object]
) -> None:
    path = tmp_path / "heroes.db"
    with serve(path) as served, httpx2.Client(base_url=served.url) as client:
        assert 200 == client.post("/heroes/", json=BODY).status_code

        take_away(path)

        assert 503 == client.post("/heroes/", json=BODY).status_code
        assert 503 == client.get("/heroes/1").status_code
        assert 503 == client.get("/heroes/", params={"offset": 5000}).status_code
        assert not path.exists()
