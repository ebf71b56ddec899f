"""A backup is a consistent copy of a database that others write to."""

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from adapters.sqlite.backups.backup import back_up
from tests.integration.file_events import Event, on_file_event
from tests.integration.sqlite.backups.databases import (
    INSERT,
    Observed,
    abandon,
    files_in,
    make_database,
    names_in,
)

MAX_REPORTS = 100
"""More reports than a copy that is never started over can have."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The path of a database of about 10 MB, which is copied in several steps."""
    return make_database(tmp_path / "heroes.db", "Old", heroes=40_000, size=200)


def test_commits_of_others_do_not_start_the_copy_over(path: Path) -> None:
    with closing(sqlite3.connect(path)) as writer:

        def write(activity: str) -> None:
            if activity == "Copying":
                writer.execute(INSERT, [1, "New", 1])
                writer.commit()
                assert len(progress.reports) < MAX_REPORTS

        progress = Observed(write)
        back_up(path, path.with_name("backup.db"), progress, replace=False)

    steps = [done for activity, done, _ in progress.reports if activity == "Copying"]
    assert len(steps) > 2
    assert sorted(set(steps)) == steps
    assert {"Old"} == names_in(path.with_name("backup.db"))
    assert {"Old", "New"} == names_in(path)


def test_the_log_can_start_anew_before_the_copy_is_checked(path: Path) -> None:
    results = []
    with closing(sqlite3.connect(path, timeout=0)) as writer:
        writer.execute(INSERT, [1, "New", 1])
        writer.commit()

        def truncate_log(activity: str) -> None:
            statement = "PRAGMA wal_checkpoint(TRUNCATE)"
            results.append((activity, writer.execute(statement).fetchone()[0]))

        back_up(path, path.with_name("backup.db"), Observed(truncate_log), replace=False)

    assert {("Copying", 1), ("Checking", 0), ("Flushing", 0)} == set(results)


def test_a_backup_contains_what_is_only_in_the_log(path: Path) -> None:
    back_up(abandon(path), path.with_name("backup.db"), Observed(), replace=False)

    assert {"Old", "In the log"} == names_in(path.with_name("backup.db"))


def test_a_backup_is_private_from_the_first_moment(path: Path) -> None:
    (path.parent / "folder").mkdir()
    modes: dict[str, set[int]] = {}

    def look(activity: str) -> None:
        for file in (path.parent / "folder").iterdir():
            modes.setdefault(activity, set()).add(stat.S_IMODE(file.stat().st_mode))

    before = os.umask(0)
    try:
        back_up(path, path.parent / "folder/backup.db", Observed(look), replace=False)
    finally:
        os.umask(before)

    assert {"Copying": {0o600}, "Checking": {0o600}, "Flushing": {0o600}} == modes
    assert 0o600 == stat.S_IMODE((path.parent / "folder/backup.db").stat().st_mode)


def test_a_backup_appears_when_it_is_complete_and_leaves_nothing_else(path: Path) -> None:
    (path.parent / "folder").mkdir()
    seen: set[str] = set()

    def look(_: str) -> None:
        seen.update(files_in(path.parent / "folder"))

    back_up(path, path.parent / "folder/backup.db", Observed(look), replace=False)

    assert "backup.db" not in seen
    assert {"backup.db"} == files_in(path.parent / "folder")


def test_a_backup_is_flushed_before_it_is_renamed_and_its_folder_afterwards(path: Path) -> None:
    (path.parent / "folder").mkdir()
    events: list[Event] = []

    with on_file_event(events.append):
        back_up(path, path.parent / "folder/backup.db", Observed(), replace=False)

    (flushed, temporary), *others = events
    assert "fsync" == flushed
    assert temporary.endswith(".partial")
    assert [("rename", "backup.db"), ("fsync", "folder"), ("unlink", temporary)] == others


def test_a_backup_is_one_file_that_can_be_read_without_writing(path: Path) -> None:
    backup = path.with_name("backup.db")
    back_up(path, backup, Observed(), replace=False)
    files = files_in(path.parent)

    with closing(sqlite3.connect(f"file:{backup}?mode=ro", uri=True)) as connection:
        assert [("delete",)] == connection.execute("PRAGMA journal_mode").fetchall()
        assert [(40_000,)] == connection.execute("SELECT count(*) FROM hero").fetchall()

        assert files == files_in(path.parent)


def test_the_size_and_the_time_for_which_the_log_was_held_are_returned(path: Path) -> None:
    backup = back_up(path, path.with_name("backup.db"), Observed(), replace=False)

    assert path.with_name("backup.db").stat().st_size == backup.size
    assert 0 < backup.pinned < 60
    assert "" == backup.warning
