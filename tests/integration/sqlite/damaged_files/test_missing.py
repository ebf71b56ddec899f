"""A database file that can not be created, or that was deleted."""

from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from service_layer.errors import UnusableDatabase
from tests.integration.processes import assert_one_sentence, run
from tests.integration.sqlite.damaged_files.requests import BODY
from tests.support.databases import migrated_sqlite
from tests.support.served import serve


@pytest.mark.parametrize(
    ("path", "reason"), [("missing/heroes.db", "does not exist"), (".", "it is a folder")]
)
def test_an_impossible_path_is_refused(tmp_path: Path, path: str, reason: str) -> None:
    with pytest.raises(UnusableDatabase, match=reason):
        migrated_sqlite(tmp_path / path)

    assert [] == list(tmp_path.iterdir())


def test_serve_refuses_the_file_in_one_sentence(tmp_path: Path) -> None:
    ended = run("serve", tmp_path / "missing/heroes.db", port="0")

    assert_one_sentence(ended, 1, "missing does not exist")


@pytest.mark.parametrize("remove", [Path.unlink, lambda path: path.rename(f"{path}.old")])
def test_a_deleted_or_renamed_file_returns_503(
    tmp_path: Path, remove: Callable[[Path], object]
) -> None:
    path = tmp_path / "heroes.db"
    with serve(path) as served, httpx2.Client(base_url=served.url) as client:
        assert 200 == client.post("/heroes/", json=BODY).status_code

        remove(path)

        assert 503 == client.post("/heroes/", json=BODY).status_code
        assert 503 == client.get("/heroes/1").status_code
        assert 503 == client.get("/heroes/", params={"offset": 5000}).status_code
        assert not path.exists()
