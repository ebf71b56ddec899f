"""A restore replaces the database by a checked copy of a backup, and keeps the old one."""

import asyncio
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from adapters.sqlite.backups.backup import back_up
from adapters.sqlite.backups.restore import restore
from service_layer.backup import BackupFailed, BackupRefused
from tests.integration.file_events import Event, on_file_event
from tests.integration.sqlite.backups.databases import (
    Observed,
    abandon,
    damage_rows,
    files_in,
    make_database,
    names_in,
)
from tests.integration.tutorial_database import ROWS, make_tutorial_database, stored
from tests.support.databases import open_sqlite
from tests.support.served import serve


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_database(tmp_path / "heroes.db", "Old")


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup, in a folder of its own."""
    (tmp_path / "backups").mkdir()
    source = make_database(tmp_path / "source.db", "New")
    back_up(source, tmp_path / "backups/backup.db", Observed(), replace=False)
    source.unlink()
    return tmp_path / "backups/backup.db"


def test_the_database_has_the_content_of_the_backup_and_the_old_one_is_kept(
    path: Path, backup: Path
) -> None:
    restored = restore(path, backup, Observed())

    assert restored.kept is not None
    assert {"heroes.db", "backups", restored.kept.name} == files_in(path.parent)
    assert path.stat().st_size == restored.size
    assert {"New"} == names_in(path)
    assert {"Old"} == names_in(restored.kept)
    assert {"New"} == names_in(backup)


def test_the_old_database_is_kept_with_what_was_only_in_its_log(path: Path, backup: Path) -> None:
    restored = restore(abandon(path), backup, Observed())

    assert restored.kept is not None
    assert {"heroes.db", "backups", restored.kept.name} == files_in(path.parent)
    assert {"New"} == names_in(path)
    assert {"Old", "In the log"} == names_in(restored.kept)


def test_the_kept_database_can_be_restored(path: Path, backup: Path) -> None:
    kept = restore(path, backup, Observed()).kept
    assert kept is not None

    restored = restore(path, kept, Observed())

    assert restored.kept is not None
    assert {"Old"} == names_in(path)
    assert {"New"} == names_in(restored.kept)


def no_database(path: Path) -> None:
    path.write_text("No database, but long enough to have a header. " * 100)


def empty(path: Path) -> None:
    os.truncate(path, 0)


@pytest.mark.parametrize("damage", [damage_rows, no_database, empty])
def test_a_damaged_database_is_kept_as_it_is(
    path: Path, backup: Path, damage: Callable[[Path], object]
) -> None:
    damage(path)
    content = path.read_bytes()

    restored = restore(path, backup, Observed())

    assert restored.kept is not None
    assert {"New"} == names_in(path)
    assert content == restored.kept.read_bytes()
    assert {"heroes.db", "backups", restored.kept.name} == files_in(path.parent)


def test_a_damaged_database_is_kept_with_its_log(path: Path, backup: Path) -> None:
    abandon(path)
    no_database(path)
    files = {suffix: path.with_name(path.name + suffix).read_bytes() for suffix in ("", "-wal")}

    kept = restore(path, backup, Observed()).kept

    assert kept is not None
    assert {"New"} == names_in(path)
    assert {"heroes.db", "backups", kept.name, f"{kept.name}-wal"} == files_in(path.parent)
    for suffix, content in files.items():
        assert content == kept.with_name(kept.name + suffix).read_bytes()


def test_a_missing_database_is_created_and_is_private(path: Path, backup: Path) -> None:
    path.unlink()
    before = os.umask(0)
    try:
        restored = restore(path, backup, Observed())
    finally:
        os.umask(before)

    assert restored.kept is None
    assert {"New"} == names_in(path)
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)


def test_a_log_without_its_database_is_kept_and_not_read(path: Path, backup: Path) -> None:
    abandon(path).unlink()

    kept = restore(path, backup, Observed()).kept

    assert kept is not None
    assert {"New"} == names_in(path)
    assert {"heroes.db", "backups", f"{kept.name}-wal"} == files_in(path.parent)


def test_the_database_keeps_its_mode_and_owner(path: Path, backup: Path) -> None:
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 1, 2)
    old = path.stat()
    modes: list[int] = []

    def look(_: str) -> None:
        modes.extend(file.stat().st_mode for file in path.parent.glob(".restore-*"))

    restore(path, backup, Observed(look))

    new = path.stat()
    assert (old.st_mode, old.st_uid, old.st_gid) == (new.st_mode, new.st_uid, new.st_gid)
    assert {0o600} == {stat.S_IMODE(mode) for mode in modes}


def test_the_target_of_a_symlink_is_replaced(path: Path, backup: Path, tmp_path: Path) -> None:
    (tmp_path / "links").mkdir()
    link = tmp_path / "links/heroes.db"
    link.symlink_to(path)

    restore(link, backup, Observed())

    assert link.is_symlink()
    assert {"heroes.db"} == files_in(tmp_path / "links")
    assert {"New"} == names_in(path)


def test_a_backup_with_a_log_is_restored_with_it(path: Path, tmp_path: Path) -> None:
    """Somebody has copied the file of a killed service together with its log."""
    (tmp_path / "copied").mkdir()
    copied = abandon(make_database(tmp_path / "copied/heroes.db", "New"))

    restore(path, copied, Observed())

    assert {"New", "In the log"} == names_in(path)


def test_a_backup_of_the_tutorials_database_is_adopted_by_the_next_start(
    path: Path, tmp_path: Path
) -> None:
    backup = make_tutorial_database(tmp_path / "database.db")

    restore(path, backup, Observed())

    assert ROWS == tuple(stored(path))
    assert "0001" == open_sqlite(path).migrate()[0]
    assert ROWS == tuple(stored(path))


def test_a_service_that_does_not_migrate_works_after_a_restore(path: Path, backup: Path) -> None:
    restore(path, backup, Observed())

    with closing(sqlite3.connect(path)) as connection:
        assert [("wal",)] == connection.execute("PRAGMA journal_mode").fetchall()
    with serve(path, "--no-migrate") as served, httpx2.Client(base_url=served.url) as client:
        assert "New 1" == client.get("/heroes/1").json()["name"]
        assert 200 == client.post("/heroes/", json={"name": "A", "secret_name": "B"}).status_code


def test_each_step_is_durable_before_the_next(path: Path, backup: Path) -> None:
    abandon(path)
    no_database(path)
    events: list[Event] = []

    with on_file_event(events.append):
        kept = restore(path, backup, Observed()).kept

    assert kept is not None
    folder = ("fsync", path.parent.name)
    renamed = events.index(("rename", "heroes.db"))
    new = events[0][1]
    marker = events[4][1]
    assert new.startswith(".restore-")
    assert marker.startswith(".marker-")
    assert [
        ("fsync", new),
        ("link", kept.name),
        ("link", f"{kept.name}-wal"),
        folder,
        ("fsync", marker),
        ("link", "heroes.db-restoring"),
        folder,
        ("rename", "heroes.db"),
        folder,
        ("unlink", "heroes.db-wal"),
        ("unlink", "heroes.db-shm"),
        folder,
        ("unlink", "heroes.db-restoring"),
        folder,
    ] == events[: renamed + 7]


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE pet (hero_id INTEGER REFERENCES hero (id))", "INSERT INTO pet VALUES (99)"],
        [
            "CREATE TABLE person (name)",
            "CREATE TABLE pet (owner REFERENCES person (name))",
            "INSERT INTO pet VALUES ('x')",
        ],
    ],
    ids=["a missing row", "a foreign key that cannot be checked"],
)
def test_broken_references_of_the_users_tables_are_a_warning(
    path: Path, statements: Sequence[str]
) -> None:
    source = make_database(path.with_name("source.db"), "New")
    with closing(sqlite3.connect(source)) as connection, connection:
        for statement in statements:
            connection.execute(statement)

    backup = back_up(source, path.with_name("backup.db"), Observed(), replace=False)
    restored = restore(path, path.with_name("backup.db"), Observed())

    assert ["foreign keys of pet are violated or cannot be checked"] * 2 == [
        backup.warning,
        restored.warning,
    ]
    assert {"New"} == names_in(path)


def test_a_row_that_violates_a_users_constraint_is_no_damage(path: Path) -> None:
    source = make_database(path.with_name("source.db"), "New")
    with closing(sqlite3.connect(source)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints=ON")
        connection.execute("CREATE TABLE pet (age CHECK (age > 0))")
        connection.execute("INSERT INTO pet VALUES (-1)")

    back_up(source, path.with_name("backup.db"), Observed(), replace=False)
    restore(path, path.with_name("backup.db"), Observed())

    with closing(sqlite3.connect(path)) as connection:
        assert [(-1,)] == connection.execute("SELECT age FROM pet").fetchall()


def test_a_path_that_is_no_file_is_refused_at_once(tmp_path: Path, backup: Path) -> None:
    os.mkfifo(tmp_path / "pipe.db")

    with pytest.raises(BackupRefused, match="is not a file"):
        restore(tmp_path / "pipe.db", backup, Observed())
    with pytest.raises(BackupFailed, match="there is no database"):
        back_up(tmp_path / "pipe.db", tmp_path / "copy.db", Observed(), replace=False)


def test_a_copy_of_a_backup_is_served_in_wal_mode(path: Path, backup: Path) -> None:
    path.unlink()
    shutil.copy(backup, path)
    database = open_sqlite(path)

    asyncio.run(database.aopen())

    with closing(sqlite3.connect(path)) as connection:
        assert [("wal",)] == connection.execute("PRAGMA journal_mode").fetchall()
    asyncio.run(database.aclose())
