"""The header of the WAL index differs after each commit, whichever process commits."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from adapters.sqlite.served import wal_index
from adapters.sqlite.served.wal_index import Header, find_wal_index

pytestmark = pytest.mark.canary

COMMITS = 3_000
"""More than fit into a log before it begins anew, with a page or two for each."""

OTHER_PROCESS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for _ in sys.stdin:
    connection.execute("INSERT INTO number DEFAULT VALUES")
    print(flush=True)
"""


def create(path: Path, journal_mode: str = "WAL") -> sqlite3.Connection:
    connection = sqlite3.connect(os.fsencode(path), isolation_level=None)
    connection.execute(f"PRAGMA journal_mode={journal_mode}")
    connection.execute("CREATE TABLE number (id INTEGER PRIMARY KEY)")
    return connection


@contextmanager
def opened(path: Path) -> Iterator[Header]:
    """A connection that has read the file, and the header of its index."""
    with closing(sqlite3.connect(os.fsencode(path))) as connection:
        connection.execute("SELECT max(id) FROM number").fetchall()
        header = find_wal_index(path)
        assert header is not None
        yield header


def test_commits_of_another_process_change_it_before_they_return(tmp_path: Path) -> None:
    path = tmp_path / "numbers.db"
    create(path).close()
    command = [sys.executable, "-c", OTHER_PROCESS, str(path)]
    with (
        opened(path) as header,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other,
    ):
        assert other.stdin is not None
        assert other.stdout is not None
        seen = {header.raw}
        for count in range(COMMITS):
            other.stdin.write(b"\n")
            other.stdin.flush()
            other.stdout.readline()
            seen.add(header.raw)
            assert len(seen) == count + 2
        other.stdin.close()


def test_commits_of_this_process_change_it(tmp_path: Path) -> None:
    path = tmp_path / "numbers.db"
    with closing(create(path)) as connection, opened(path) as header:
        seen = {header.raw}
        for _ in range(100):
            connection.execute("INSERT INTO number DEFAULT VALUES")
            seen.add(header.raw)

    assert len(seen) == 101


def test_what_commits_nothing_does_not_change_it(tmp_path: Path) -> None:
    path = tmp_path / "numbers.db"
    with closing(create(path)) as connection, opened(path) as header:
        before = header.raw
        for statement in (
            "SELECT * FROM number",
            "BEGIN IMMEDIATE",
            "INSERT INTO number DEFAULT VALUES",
            "ROLLBACK",
            "PRAGMA wal_checkpoint(PASSIVE)",
        ):
            connection.execute(statement).fetchall()

        assert before == header.raw


@pytest.mark.parametrize("name", [b"with space.db", b"line\nbreak.db", b"\xff\xfe.db", b"a%20b.db"])
def test_it_is_found_whatever_the_name_of_the_file(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    create(path).close()

    with opened(path) as header:
        assert header.raw


def test_each_database_has_its_own(tmp_path: Path) -> None:
    first, second = tmp_path / "first.db", tmp_path / "second.db"
    create(second).close()
    with closing(create(first)) as connection, opened(second) as other, opened(first) as header:
        before, others = header.raw, other.raw
        connection.execute("INSERT INTO number DEFAULT VALUES")

        assert before != header.raw
        assert others == other.raw


def test_a_file_without_a_log_has_none(tmp_path: Path) -> None:
    path = tmp_path / "numbers.db"
    with closing(create(path, "DELETE")) as connection:
        connection.execute("SELECT * FROM number").fetchall()

        assert find_wal_index(path) is None


def test_a_left_over_index_that_is_not_mapped_is_not_found(tmp_path: Path) -> None:
    path = tmp_path / "numbers.db"
    with closing(create(path, "DELETE")) as connection:
        connection.execute("SELECT * FROM number").fetchall()
        path.with_name("numbers.db-shm").write_bytes(bytes(32 * 1024))

        assert find_wal_index(path) is None


def test_another_format_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "numbers.db"
    with closing(create(path)):
        assert find_wal_index(path) is not None
        monkeypatch.setattr(wal_index, "FORMAT", wal_index.FORMAT + 1)
        assert find_wal_index(path) is None


def test_systems_without_a_list_of_mappings_have_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "numbers.db"
    with closing(create(path)):
        monkeypatch.setattr(wal_index, "MAPPINGS", tmp_path / "missing")
        assert find_wal_index(path) is None
