"""A database file or directory without write permission."""

from pathlib import Path
from typing import Any

import pytest

from service_layer.errors import UnusableDatabase
from tests.integration.ordinary_user import shared_directory, subject_to_permissions
from tests.integration.sqlite.damaged_files.requests import BODY, assert_unavailable, client_of
from tests.integration.tutorial_database import make_tutorial_database
from tests.support.databases import migrated_sqlite


async def test_a_read_only_database_returns_503_for_writes() -> None:
    with shared_directory() as folder:
        path = make_tutorial_database(folder / "database.db")
        migrated_sqlite(path).dispose()
        path.chmod(0o444)
        folder.chmod(0o777)

        with subject_to_permissions():
            database = migrated_sqlite(path)
            async with client_of(database) as client:
                read = await client.get("/heroes/1")
                write = await client.post("/heroes/", json=BODY)
            database.dispose()

    assert (200, "Deadpond") == (read.status_code, read.json()["name"])
    assert_unavailable(write)


def nothing(_: Path) -> None:
    """Create no file."""


def up_to_date(path: Path) -> None:
    migrated_sqlite(path).dispose()


@pytest.mark.parametrize("before", [nothing, make_tutorial_database, up_to_date])
def test_a_read_only_directory_is_refused_and_left_unchanged(before: Any) -> None:
    with shared_directory() as folder:
        before(folder / "database.db")
        content = {path: path.read_bytes() for path in folder.iterdir()}
        folder.chmod(0o555)

        with subject_to_permissions(), pytest.raises(UnusableDatabase):
            migrated_sqlite(folder / "database.db")

        assert content == {path: path.read_bytes() for path in folder.iterdir()}


def test_a_read_only_file_to_adopt_is_refused_and_left_unchanged() -> None:
    with shared_directory() as folder:
        path = make_tutorial_database(folder / "database.db")
        content = path.read_bytes()
        path.chmod(0o444)
        folder.chmod(0o777)

        with subject_to_permissions(), pytest.raises(UnusableDatabase):
            migrated_sqlite(path)

        assert content == path.read_bytes()
