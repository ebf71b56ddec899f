"""After a kill at any step of a restore, and a start, there is the old database or the new one."""

import fcntl
import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from adapters.sqlite.backups import marker
from adapters.sqlite.backups.replacement import finish_interrupted
from adapters.sqlite.backups.restore import restore
from service_layer.errors import UnusableDatabase
from tests.integration.file_events import Event, on_file_event
from tests.integration.processes import assert_one_sentence, run
from tests.integration.sqlite.backups.databases import (
    Names,
    Observed,
    abandon,
    files_in,
    make_database,
    names_in,
)
from tests.integration.sqlite.backups.killing import kill_finishing, kill_restore
from tests.support.databases import migrated_sqlite
from tests.support.served import LIMIT, serve

OLD, NEW = {"Old", "In the log"}, {"New"}
MARKER = "heroes.db-restoring"


def healthy(path: Path) -> None:
    abandon(make_database(path, "Old"))


def damaged(path: Path) -> None:
    healthy(path)
    path.write_text("No database, but long enough to have a header. " * 100)


def missing(path: Path) -> None:
    healthy(path)
    path.unlink()


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return make_database(tmp_path / "backup.db", "New")


def folders(tmp_path: Path, make: Callable[[Path], None]) -> "map[Path]":
    """Return an endless sequence of databases, each in a folder of its own."""

    def create(number: int) -> Path:
        folder = tmp_path / str(number)
        folder.mkdir()
        make(folder / "heroes.db")
        return folder / "heroes.db"

    return map(create, itertools.count())


def start(path: Path) -> Names:
    """Start on the database, and return the names in it."""
    migrated_sqlite(path).dispose()
    return names_in(path)


def test_a_restore_that_is_killed_at_any_step_leaves_the_old_or_the_new_database(
    tmp_path: Path, backup: Path
) -> None:
    found = []
    for call, path in enumerate(folders(tmp_path, healthy), start=1):
        was_killed = kill_restore(path, backup, call)
        is_marked = MARKER in files_in(path.parent)
        found.append(start(path))
        assert found[-1] in ([NEW] if is_marked or not was_killed else [OLD, NEW])
        assert MARKER not in files_in(path.parent)
        if not was_killed:
            break

    switch = found.index(NEW)
    assert [OLD] * switch + [NEW] * (len(found) - switch) == found
    assert switch > 3
    assert len(found) - switch > 6


@pytest.mark.parametrize("make", [damaged, missing])
def test_a_killed_restore_of_a_damaged_database_can_be_repeated_and_keeps_its_log(
    tmp_path: Path, backup: Path, make: Callable[[Path], None]
) -> None:
    for call, path in enumerate(folders(tmp_path, make), start=1):
        log = path.with_name("heroes.db-wal").read_bytes()
        was_killed = kill_restore(path, backup, call)
        if (path.parent / MARKER).exists():
            assert NEW == start(path)

        restore(path, backup, Observed())

        assert NEW == names_in(path)
        logs = [file for file in files_in(path.parent) if file.endswith("-wal")]
        assert [log] * len(logs) == [path.with_name(file).read_bytes() for file in logs]
        assert logs
        assert not [file for file in files_in(path.parent) if file.endswith(".partial")]
        if not was_killed:
            break


@pytest.mark.parametrize("make", [healthy, damaged, missing])
def test_a_start_that_is_killed_while_it_finishes_a_restore_is_finished_by_the_next(
    tmp_path: Path, backup: Path, make: Callable[[Path], None]
) -> None:
    kills = 0
    for call, path in enumerate(folders(tmp_path, make), start=1):
        kill_marked(path, backup)
        was_killed = kill_finishing(path, call)
        kills += was_killed

        assert NEW == start(path)
        assert MARKER not in files_in(path.parent)
        if not was_killed:
            break
    assert kills >= 4


@pytest.mark.parametrize("options", [[], ["--check"]], ids=str)
def test_a_migration_finishes_the_restore_that_it_finds(
    tmp_path: Path, backup: Path, options: list[str]
) -> None:
    path = next(folders(tmp_path, healthy))
    kill_marked(path, backup)

    ended = run("migrate", path, *options)

    assert (0, "The database is up to date.\n") == (ended.returncode, ended.stdout)
    assert NEW == names_in(path)
    assert MARKER not in files_in(path.parent)


def test_a_start_through_a_symbolic_link_finishes_the_restore(tmp_path: Path, backup: Path) -> None:
    path = make_database(tmp_path / "heroes.db", "Old")
    kill_marked(path, backup)
    link = tmp_path / "links" / "linked.db"
    link.parent.mkdir()
    link.symlink_to(path)

    assert start(link) == NEW
    assert MARKER not in files_in(tmp_path)


@pytest.mark.parametrize("session", ["fast", "plain"])
def test_a_service_that_does_not_migrate_finishes_the_restore_that_it_finds(
    tmp_path: Path, backup: Path, session: str
) -> None:
    path = next(folders(tmp_path, healthy))
    kill_marked(path, backup)

    with serve(path, "--no-migrate", session=session) as served:
        response = httpx2.get(f"{served.url}/heroes/1")

    assert "New 1" == response.json()["name"]
    assert MARKER not in files_in(path.parent)


def test_a_restore_finishes_the_one_that_it_finds_and_keeps_its_database(
    tmp_path: Path, backup: Path
) -> None:
    path = next(folders(tmp_path, healthy))
    kill_marked(path, backup)

    kept = restore(path, make_database(tmp_path / "other.db", "Newer"), Observed()).kept

    assert kept is not None
    assert {"Newer"} == names_in(path)
    assert NEW == names_in(kept)
    assert MARKER not in files_in(path.parent)


def test_a_backup_does_not_read_a_half_restored_database(tmp_path: Path, backup: Path) -> None:
    path = next(folders(tmp_path, healthy))
    kill_marked(path, backup)

    ended = run("backup", path, str(tmp_path / "other.db"))

    assert_one_sentence(ended, 1, "a restore of", "was interrupted")
    assert (path.parent / MARKER).exists()


def test_a_start_does_not_replace_a_file_that_was_moved_there_since(
    tmp_path: Path, backup: Path
) -> None:
    path = next(folders(tmp_path, healthy))
    kill_marked(path, backup)
    make_database(tmp_path / "better.db", "Better").rename(path)

    with pytest.raises(UnusableDatabase, match=f"remove .*{MARKER}"):
        migrated_sqlite(path)

    (path.parent / MARKER).unlink()
    assert {"Better"} == names_in(path)


@pytest.mark.parametrize("make", [healthy, damaged])
def test_a_log_that_is_not_that_of_the_old_database_is_not_removed(
    tmp_path: Path, backup: Path, make: Callable[[Path], None]
) -> None:
    """A restore is killed after its last step but one, and another program uses the new file."""
    path = next(folders(tmp_path, make))
    kill_renamed(path, backup)
    abandon(path)

    assert {"New", "In the log"} == start(path)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"new_name": 1}', "\0"])
def test_a_file_that_is_no_marker_is_named(tmp_path: Path, text: str) -> None:
    path = make_database(tmp_path / "heroes.db", "Old")
    (tmp_path / MARKER).write_text(text)

    with pytest.raises(UnusableDatabase, match=f"{MARKER} is not the marker of a restore"):
        migrated_sqlite(path)


def test_a_start_waits_until_a_running_restore_has_ended(
    tmp_path: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = next(folders(tmp_path, healthy))
    waits, sleep = threading.Event(), time.sleep

    def notify_and_sleep(seconds: float) -> None:
        waits.set()
        sleep(seconds)

    monkeypatch.setattr(time, "sleep", notify_and_sleep)
    with ThreadPoolExecutor(1) as thread:
        starts: list[Future[None]] = []

        def start_meanwhile(event: Event) -> None:
            if event == ("rename", path.name):
                starts.append(thread.submit(finish_interrupted, path))
                assert waits.wait(LIMIT)
                assert not starts[0].done()

        with on_file_event(start_meanwhile):
            restore(path, backup, Observed())

        assert [None] == [future.result(LIMIT) for future in starts]
    assert NEW == names_in(path)
    assert MARKER not in files_in(path.parent)


def test_a_start_does_not_wait_forever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_database(tmp_path / "heroes.db", "Old")
    monkeypatch.setattr(marker, "TIMEOUT", 0.1)

    with path.with_name(MARKER).open("w") as running:
        fcntl.flock(running, fcntl.LOCK_EX)
        with pytest.raises(UnusableDatabase, match="still running"):
            migrated_sqlite(path)


def test_of_two_restores_the_later_one_remains(tmp_path: Path, backup: Path) -> None:
    path = make_database(tmp_path / "heroes.db", "Old")
    other = make_database(tmp_path / "other.db", "Other")

    def restore_other(activity: str) -> None:
        if activity == "Flushing":
            assert 0 == run("restore", path, str(other)).returncode

    kept = restore(path, backup, Observed(restore_other)).kept

    assert kept is not None
    assert NEW == names_in(path)
    assert {"Other"} == names_in(kept)


def kill_marked(path: Path, backup: Path) -> None:
    """Kill a restore when it has left its marker, before it renames the new file."""
    assert kill_restore(path, backup, ("rename", path.name))


def kill_renamed(path: Path, backup: Path) -> None:
    """Kill a restore when it has renamed the new file, before it removes its marker."""
    assert kill_restore(path, backup, ("unlink", MARKER))
