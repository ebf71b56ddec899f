"""After a kill, the log is only used with the database that it belongs to."""

from pathlib import Path

import pytest

from adapters.sqlite.connections import open_file
from adapters.sqlite.files import generation, identity
from tests.integration.processes import Ended, assert_one_sentence, run
from tests.integration.sqlite.replaced_files.databases import (
    beside,
    files_beside,
    make_database,
    names_served,
    post,
    serve_with_hero,
)
from tests.support.served import serve

SESSIONS = pytest.mark.parametrize("session", ["fast", "plain"])
COMMANDS = pytest.mark.parametrize("command", ["serve", "migrate"])


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database whose server was killed, with its log and its record."""
    return kill_server(tmp_path / "heroes.db")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return make_database(tmp_path / "other.db", "New")


@SESSIONS
def test_a_killed_server_starts_again_on_its_file(tmp_path: Path, session: str) -> None:
    database = kill_server(tmp_path / "heroes.db", session)
    assert {"", "-wal", "-shm", ".serving"} == files_beside(database)

    with serve(database, session=session) as served:
        assert ["Old"] == names_served(served)


@SESSIONS
def test_a_clean_stop_leaves_the_database_alone(tmp_path: Path, session: str) -> None:
    with serve_with_hero(tmp_path / "heroes.db", session=session):
        assert ".serving" in files_beside(tmp_path / "heroes.db")

    assert {""} == files_beside(tmp_path / "heroes.db")


@COMMANDS
def test_another_file_beside_the_log_is_refused(database: Path, other: Path, command: str) -> None:
    other.replace(database)
    before = contents(database)

    ended = run(command, database, port="0")

    assert_refused(ended, database)
    assert before == contents(database)


def test_a_missing_file_beside_the_log_is_refused(database: Path) -> None:
    database.unlink()

    assert_refused(run("migrate", database), database)

    assert not database.exists()


def test_no_migration_does_not_open_another_file_either(database: Path, other: Path) -> None:
    other.replace(database)

    assert_refused(run("serve", database, "--no-migrate", port="0"), database)


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_backup_and_a_restore_are_refused_beside_the_log_of_another_file(
    database: Path, other: Path, command: str
) -> None:
    backup = other.with_name("backup.db")
    if command == "restore":
        make_database(backup, "Backup")
    other.replace(database)
    before = contents(database)

    assert_refused(run(command, database, str(backup)), database)

    assert before == contents(database)


def test_a_file_with_the_inode_of_the_removed_one_is_refused(database: Path, other: Path) -> None:
    require_generations(other)
    inode = database.stat().st_ino
    content = other.read_bytes()
    database.unlink()
    database.write_bytes(content)
    if database.stat().st_ino != inode:
        pytest.skip("this file system did not use the inode again")

    assert_refused(run("serve", database, port="0"), database)


def test_the_old_file_can_be_put_back(database: Path, other: Path) -> None:
    old = database.rename(database.with_name("old.db"))
    other.replace(database)
    assert_refused(run("serve", database, port="0"), database)

    old.replace(database)

    with serve(database) as served:
        assert ["Old"] == names_served(served)


def test_the_log_can_be_removed(database: Path, other: Path) -> None:
    other.replace(database)
    beside(database, "-wal").unlink()
    beside(database, "-shm").unlink()

    with serve(database) as served:
        assert ["New"] == names_served(served)


def test_a_database_that_was_moved_away_and_back_is_refused_without_its_log(tmp_path: Path) -> None:
    database, away = tmp_path / "heroes.db", tmp_path / "away.db"
    with serve_with_hero(database) as served:
        database.rename(away)
        assert 503 == post(served, "Refused").status_code
    away.rename(database)

    ended = run("serve", database, port="0")

    (saved,) = database.parent.glob("heroes.db.replaced-*Z")
    assert_one_sentence(ended, 1, str(saved), "move that file here", "heroes.db.serving")
    saved.replace(database)
    with serve(database) as served:
        assert ["Old"] == names_served(served)


def kill_server(database: Path, session: str = "fast") -> Path:
    with serve_with_hero(database, session=session) as served:
        served.kill()
    return database


def assert_refused(ended: Ended, database: Path) -> None:
    """Check that the message names the log and both ways out."""
    assert_one_sentence(ended, 1, f"{database}-wal", "put that file back", f"remove {database}-wal")


def contents(database: Path) -> list[bytes]:
    return [beside(database, suffix).read_bytes() for suffix in ("", "-wal")]


def require_generations(database: Path) -> None:
    """Skip the test where files with the same inode cannot be told apart."""
    connection = open_file(database)
    file = identity(str(database))
    assert file is not None
    number = generation(file)
    connection.close()
    if number is None:
        pytest.skip("this file system has no generation numbers")
