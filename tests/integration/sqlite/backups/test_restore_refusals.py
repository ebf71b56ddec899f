"""A restore that can not succeed is refused, and changes nothing."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.sqlite.backups.restore import restore
from service_layer.backup import BackupFailed, BackupRefused
from tests.integration.ordinary_user import (
    another_user,
    shared_directory,
    subject_to_permissions,
)
from tests.integration.processes import assert_one_sentence, run
from tests.integration.sqlite.backups.databases import (
    Observed,
    damage_rows,
    make_database,
    names_in,
)
from tests.integration.tutorial_database import connection_to, locked
from tests.support.served import LIMIT, serve

SHELL = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2:]:
    connection.execute(statement).fetchall()
print("open", flush=True)
sys.stdin.read()
"""
"""An open shell on the database, which has executed some statements."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_database(tmp_path / "heroes.db", "Old")


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return make_database(tmp_path / "backup.db", "New")


@contextmanager
def unchanged(folder: Path) -> Iterator[None]:
    """Check that the block changes no file in the folder."""
    before = {path: (path.stat().st_ino, path.read_bytes()) for path in folder.glob("*.db")}
    names = set(folder.iterdir())
    yield
    assert names == set(folder.iterdir())
    assert before == {path: (path.stat().st_ino, path.read_bytes()) for path in folder.glob("*.db")}


@contextmanager
def open_shell(database: Path, *statements: str) -> Iterator[int]:
    """Keep another process open on the database, and yield its process id."""
    process = subprocess.Popen(
        [sys.executable, "-c", SHELL, str(database), *statements],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process:
        assert "open\n" == process.stdout.readline()
        yield process.pid
        process.communicate(timeout=LIMIT)


@pytest.mark.parametrize(
    "statements",
    [
        [],
        ["SELECT count(*) FROM hero"],
        ["BEGIN", "SELECT count(*) FROM hero"],
        ["BEGIN IMMEDIATE"],
        ["PRAGMA journal_mode=DELETE"],
        ["PRAGMA journal_mode=DELETE", "BEGIN", "SELECT count(*) FROM hero"],
    ],
    ids=str,
)
def test_an_open_shell_is_named(path: Path, backup: Path, statements: list[str]) -> None:
    with (
        open_shell(path, *statements) as shell,
        unchanged(path.parent),
        pytest.raises(BackupFailed, match=rf"in use by process {shell} \(python"),
    ):
        restore(path, backup, Observed())

    assert {"Old"} == names_in(path)


def test_a_shell_that_is_opened_meanwhile_is_named(path: Path, backup: Path) -> None:
    def open_one(activity: str) -> None:
        if activity == "Flushing":
            shells.append(shell.__enter__())

    shells: list[int] = []
    shell = open_shell(path)
    try:
        with pytest.raises(BackupFailed, match=r"in use by process \d+ \(python"):
            restore(path, backup, Observed(open_one))
    finally:
        shell.__exit__(None, None, None)

    assert shells
    assert {"Old"} == names_in(path)


def test_a_shell_on_a_damaged_database_is_named(path: Path, backup: Path) -> None:
    with open_shell(path, "SELECT count(*) FROM hero"):
        path.write_text("No database, but long enough to have a header. " * 100)

        with unchanged(path.parent), pytest.raises(BackupFailed, match="in use by process"):
            restore(path, backup, Observed())


@pytest.mark.parametrize(("session", "options"), [("fast", ["--no-migrate"]), ("plain", [])])
def test_a_running_service_is_named_even_if_it_has_had_no_request(
    path: Path, backup: Path, session: str, options: list[str]
) -> None:
    with serve(path, *options, session=session) as served:
        ended = run("restore", path, str(backup))

        assert_one_sentence(ended, 1, f"in use by process {served.process.pid} (heroes)")
    assert {"Old"} == names_in(path)


def test_a_lock_in_the_same_process_is_found(path: Path, backup: Path) -> None:
    with locked(path), pytest.raises(BackupFailed, match="in use by another process"):
        restore(path, backup, Observed())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_process_of_another_user_is_found_by_its_lock() -> None:
    with shared_directory() as folder:
        path, backup = (make_database(folder / name, name) for name in ("heroes.db", "backup.db"))
        path.chmod(0o666)
        backup.chmod(0o644)

        with (
            open_shell(path, "SELECT count(*) FROM hero"),
            another_user(),
            pytest.raises(BackupFailed, match="in use by another process"),
        ):
            restore(path, backup, Observed())


def missing(path: Path) -> Path:
    return path.with_name("missing.db")


def a_folder(path: Path) -> Path:
    return path.parent


def empty(path: Path) -> Path:
    path.with_name("bad.db").touch()
    return path.with_name("bad.db")


def text(path: Path) -> Path:
    bad = path.with_name("bad.db")
    bad.write_text("No database, but long enough to have a header. " * 100)
    return bad


def foreign(path: Path) -> Path:
    bad = path.with_name("bad.db")
    with connection_to(bad) as connection:
        connection.execute("CREATE TABLE something (id INTEGER)")
    return bad


def of_another_service(path: Path) -> Path:
    """Return a database whose revisions have the same names."""
    bad = make_database(path.with_name("bad.db"), "Bad")
    with connection_to(bad) as connection:
        connection.execute("ALTER TABLE hero RENAME COLUMN secret_name TO secret")
    return bad


def without_a_table(path: Path) -> Path:
    bad = make_database(path.with_name("bad.db"), "Bad")
    with connection_to(bad) as connection:
        connection.execute("DROP TABLE idempotent_answer")
    return bad


def with_a_table_of_the_same_name(path: Path) -> Path:
    """Return a database of another service: aggregates may have the names of its tables."""
    bad = path.with_name("bad.db")
    with connection_to(bad) as connection:
        connection.execute("CREATE TABLE heroes_api_key (id INTEGER)")
    return bad


def with_a_view(path: Path) -> Path:
    bad = path.with_name("bad.db")
    with connection_to(bad) as connection:
        connection.execute("CREATE TABLE idempotent_answer (key INTEGER)")
        connection.execute("CREATE VIEW hero AS SELECT 1 AS id, 'x' AS name")
    return bad


def newer(path: Path) -> Path:
    bad = make_database(path.with_name("bad.db"), "Bad")
    with connection_to(bad) as connection:
        connection.execute(
            "UPDATE heroes_schema_version SET version_num = '9999', oldest_release = '99.0'"
        )
    return bad


def damaged(path: Path) -> Path:
    return damage_rows(make_database(path.with_name("bad.db"), "Bad", heroes=100, size=200))


def cut_short(path: Path) -> Path:
    bad = make_database(path.with_name("bad.db"), "Bad", heroes=100, size=200)
    os.truncate(bad, bad.stat().st_size - 4096)
    return bad


def with_a_wrong_index(path: Path) -> Path:
    bad = make_database(path.with_name("bad.db"), "Bad", heroes=100)
    with connection_to(bad) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(
            "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master"
            " WHERE name = 'ix_hero_age_id') WHERE name = 'ix_hero_name_id'"
        )
    return bad


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (missing, "there is no file"),
        (a_folder, "there is no file"),
        (empty, "is not a SQLite database"),
        (text, "is not a SQLite database"),
        (foreign, "not a database of this service"),
        (with_a_table_of_the_same_name, "not a database of this service"),
        (of_another_service, "no column hero.secret_name"),
        (without_a_table, "no table idempotent_answer"),
        (with_a_view, "hero is a view"),
        (newer, "does not work with; upgrade"),
        (damaged, "damaged|corrupt"),
        (cut_short, "damaged|corrupt"),
        (with_a_wrong_index, "damaged|corrupt"),
    ],
)
def test_a_backup_that_the_service_could_not_use_is_refused(
    path: Path, make: Callable[[Path], Path], reason: str
) -> None:
    bad = make(path)

    with unchanged(path.parent), pytest.raises(BackupFailed, match=reason):
        restore(path, bad, Observed())

    assert {"Old"} == names_in(path)


@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to])
def test_the_database_itself_is_refused(path: Path, link: Callable[[Path, Path], None]) -> None:
    link(path.with_name("link.db"), path)

    for name in (path, path.with_name("link.db")):
        with unchanged(path.parent), pytest.raises(BackupRefused, match="is the database itself"):
            restore(path, name, Observed())


def test_a_read_only_folder_is_refused(backup: Path) -> None:
    with shared_directory() as folder:
        path = make_database(folder / "heroes.db", "Old")
        folder.chmod(0o555)

        with (
            unchanged(folder),
            subject_to_permissions(),
            pytest.raises(BackupFailed, match="Permission denied"),
        ):
            restore(path, backup, Observed())


def test_the_command_fails_in_one_sentence(path: Path) -> None:
    assert_one_sentence(run("restore", path, "missing.db"), 1, "there is no file")
