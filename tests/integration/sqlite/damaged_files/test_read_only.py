"""A database file that may not be written, or whose folder may not."""

from pathlib import Path
from typing import Any

import pytest

from service_layer.errors import StoreUnavailable
from tests.integration.ordinary_user import bound_by_permissions, folder_for_all
from tests.integration.sqlite.damaged_files.requests import BODY, assert_unavailable, client_of
from tests.integration.tutorial_database import make_tutorial_database
from tests.support.databases import migrated_sqlite


async def test_a_read_only_database_can_be_read_and_answers_503_to_writes() -> None:
    with folder_for_all() as folder:
        path = make_tutorial_database(folder / "database.db")
        migrated_sqlite(path).dispose()
        path.chmod(0o444)
        folder.chmod(0o777)

        with bound_by_permissions():
            database = migrated_sqlite(path)
            async with client_of(database) as client:
                read = await client.get("/heroes/1")
                write = await client.post("/heroes/", json=BODY)
            database.dispose()

    assert (200, "Deadpond") == (read.status_code, read.json()["name"])
    assert_unavailable(write)


def nothing(_: Path) -> None:
    """Leave the file to be made."""


def up_to_date(path: Path) -> None:
    migrated_sqlite(path).dispose()


@pytest.mark.parametrize("before", [nothing, make_tutorial_database, up_to_date])
def test_a_read_only_folder_is_refused_and_left_as_it_was(before: Any) -> None:
    with folder_for_all() as folder:
        before(folder / "database.db")
        content = {path: path.read_bytes() for path in folder.iterdir()}
        folder.chmod(0o555)

        with bound_by_permissions(), pytest.raises(StoreUnavailable):
            migrated_sqlite(folder / "database.db")

        assert content == {path: path.read_bytes() for path in folder.iterdir()}


def test_a_read_only_file_that_is_to_be_adopted_is_refused_and_left_as_it_was() -> None:
    with folder_for_all() as folder:
        path = make_tutorial_database(folder / "database.db")
        content = path.read_bytes()
        path.chmod(0o444)
        folder.chmod(0o777)

        with bound_by_permissions(), pytest.raises(StoreUnavailable):
            migrated_sqlite(path)

        assert content == path.read_bytes()
