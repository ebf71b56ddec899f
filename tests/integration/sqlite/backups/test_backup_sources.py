"""The database of a backup: only one that a restore would accept is backed up."""

from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.sqlite.backups.backup import back_up
from service_layer.backup import BackupFailed
from tests.integration.sqlite.backups.databases import (
    Observed,
    damage_rows,
    files_in,
    make_database,
    names_in,
)
from tests.integration.tutorial_database import (
    ROWS,
    connection_to,
    make_tutorial_database,
    stored,
)


def missing(_: Path) -> None:
    """Create no file."""


def empty(path: Path) -> None:
    path.touch()


def text(path: Path) -> None:
    path.write_text("No database, but long enough to have a header. " * 100)


def foreign(path: Path) -> None:
    with connection_to(path) as connection:
        connection.execute("CREATE TABLE something (id INTEGER)")


def newer(path: Path) -> None:
    make_database(path, "Old")
    with connection_to(path) as connection:
        connection.execute(
            "UPDATE heroes_schema_version SET version_num = '9999', oldest_release = '99.0'"
        )


def damaged(path: Path) -> None:
    damage_rows(make_database(path, "Old", heroes=100, size=200))


def being_restored(path: Path) -> None:
    make_database(path, "Old")
    path.with_name(f"{path.name}-restoring").touch()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (missing, "there is no database"),
        (empty, "is not a SQLite database"),
        (text, "is not a SQLite database"),
        (foreign, "not a database of this service"),
        (newer, "does not work with; upgrade"),
        (damaged, "damaged|corrupt"),
        (being_restored, "a restore of .* was interrupted"),
    ],
)
def test_a_database_that_could_not_be_restored_is_refused(
    tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    make(tmp_path / "heroes.db")
    content = {file: file.read_bytes() for file in tmp_path.iterdir()}

    with pytest.raises(BackupFailed, match=reason):
        back_up(tmp_path / "heroes.db", tmp_path / "backup.db", Observed(), replace=False)

    assert content == {file: file.read_bytes() for file in tmp_path.iterdir()}


def test_a_tutorials_database_is_backed_up_before_its_adoption(tmp_path: Path) -> None:
    path = make_tutorial_database(tmp_path / "database.db")

    back_up(path, tmp_path / "backup.db", Observed(), replace=False)

    assert ROWS == tuple(stored(tmp_path / "backup.db"))


def test_rows_that_reference_missing_rows_are_backed_up_with_a_warning(tmp_path: Path) -> None:
    path = make_database(tmp_path / "heroes.db", "Old")
    with connection_to(path) as connection:
        connection.execute("CREATE TABLE pet (hero_id INTEGER REFERENCES hero (id))")
        connection.execute("INSERT INTO pet VALUES (99)")

    backup = back_up(path, tmp_path / "backup.db", Observed(), replace=False)

    assert "pet" in backup.warning
    assert {"Old"} == names_in(tmp_path / "backup.db")
    assert {"heroes.db", "backup.db"} == files_in(tmp_path)
