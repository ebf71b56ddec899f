"""The commands ``heroes backup`` and ``heroes restore``: output, exit codes, and a real service."""

import asyncio
import os
import pty
import subprocess
import zlib
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest
from rich.filesize import decimal

from tests.integration.processes import assert_one_sentence, run
from tests.integration.sqlite.backups.databases import files_in, make_database, names_in
from tests.integration.tutorial_database import connection_to
from tests.integration.writers import Ledger, Rows, rows_in, write_without_pause
from tests.support.served import COMMAND, LIMIT, environment, serve

WRITERS = 8


@pytest.mark.parametrize("session", ["fast", "plain"])
async def test_a_backup_under_load_contains_every_write_that_was_acknowledged_before(
    tmp_path: Path, session: str
) -> None:
    ledger = Ledger()
    waits = {"lock_timeout": "60", "pool_timeout": "60"}  # plain sessions wait in no fair order
    with serve(tmp_path / "heroes.db", access_log="false", session=session, **waits) as served:
        client = httpx2.AsyncClient(base_url=served.url, timeout=LIMIT)
        async with client, asyncio.TaskGroup() as group:
            writers = [
                group.create_task(write_without_pause(client, ledger)) for _ in range(WRITERS)
            ]
            await ledger.until(100)
            before = dict(ledger.rows)
            target = str(tmp_path / "backup.db")
            ended = await asyncio.to_thread(run, "backup", served.database, target)
            await ledger.until(ledger.responses + 100)
            for writer in writers:
                writer.cancel()

    assert 0 == ended.returncode, ended.stderr
    saved = rows_in(tmp_path / "backup.db")
    assert_consistent(saved, before, ledger)
    assert saved != rows_in(served.database)


def assert_consistent(saved: Rows, before: Rows, ledger: Ledger) -> None:
    """Check that the rows are those of one moment after ``before``."""
    assert ledger.used_ids >= before.keys()
    for name, secret, age, _ in saved.values():
        mark = name.removeprefix("Hero ")
        assert (f"{mark} in secret", zlib.crc32(mark.encode())) == (secret, age)
    for hero_id, row in before.items():
        if hero_id in saved:
            assert saved[hero_id][3] >= row[3]
        else:
            assert hero_id not in ledger.rows


def test_the_service_restarts_on_a_restored_backup(tmp_path: Path) -> None:
    path, hero = tmp_path / "heroes.db", {"name": "Deadpond", "secret_name": "Dive Wilson"}
    with serve(path) as served, httpx2.Client(base_url=served.url) as client:
        client.post("/heroes/", json=hero)
        assert 0 == run("backup", path, str(tmp_path / "backup.db")).returncode
        client.post("/heroes/", json={**hero, "name": "Too late"})

    restored = run("restore", path, str(tmp_path / "backup.db"))

    (kept,) = files_in(tmp_path) - {"heroes.db", "heroes.log", "backup.db"}
    assert 0 == restored.returncode, restored.stderr
    assert str(tmp_path / kept) in restored.stdout
    with serve(path) as served, httpx2.Client(base_url=served.url) as client:
        assert ["Deadpond"] == [found["name"] for found in client.get("/heroes/").json()]


def test_without_a_terminal_the_progress_is_plain_lines(tmp_path: Path) -> None:
    path = make_database(tmp_path / "heroes.db", "Old")

    ended = run("backup", path, str(tmp_path / "backup.db"))

    copying, *others = ended.stderr.splitlines()
    size = decimal((tmp_path / "backup.db").stat().st_size)
    assert copying.startswith(f"Copying: {size} of {size}, ")
    assert ["Checking", "Flushing"] == others
    assert ended.stdout.startswith(f"Backed up {size} to ")
    assert 1 == len(ended.stdout.splitlines())


def test_in_a_terminal_the_progress_is_a_bar(tmp_path: Path) -> None:
    path = make_database(tmp_path / "heroes.db", "Old")
    terminal, of_the_command = pty.openpty()

    process = subprocess.Popen(
        [*COMMAND, "backup", str(tmp_path / "backup.db")],
        env={**environment(path), "TERM": "xterm", "COLUMNS": "100"},
        stdout=subprocess.DEVNULL,
        stderr=of_the_command,
    )
    os.close(of_the_command)
    shown = read_all(terminal)

    assert 0 == process.wait(LIMIT)
    assert "Copying" in shown
    assert "━" in shown
    assert "/s, 0 s left" in shown


def read_all(terminal: int) -> str:
    content = b""
    with suppress(OSError):  # the other end is closed
        while read := os.read(terminal, 65536):
            content += read
    os.close(terminal)
    return content.decode()


def test_quiet_commands_print_nothing(tmp_path: Path) -> None:
    path = make_database(tmp_path / "heroes.db", "Old")

    backup = run("backup", path, "--quiet", str(tmp_path / "backup.db"))
    restore = run("restore", path, "--quiet", str(tmp_path / "backup.db"))

    assert [(0, "", "")] * 2 == [(e.returncode, e.stdout, e.stderr) for e in (backup, restore)]
    assert {"Old"} == names_in(path)


def test_a_warning_is_printed_even_if_the_command_is_quiet(tmp_path: Path) -> None:
    path = make_database(tmp_path / "heroes.db", "Old")
    with connection_to(path) as connection:
        connection.execute("CREATE TABLE pet (hero_id INTEGER REFERENCES hero (id))")
        connection.execute("INSERT INTO pet VALUES (99)")

    backup = run("backup", path, "--quiet", str(tmp_path / "backup.db"))
    restore = run("restore", path, "--quiet", str(tmp_path / "backup.db"))

    for command in (backup, restore):
        assert_one_sentence(command, 0, "foreign keys of pet are violated")


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_database_in_memory_is_refused_as_a_wrong_setting(tmp_path: Path, command: str) -> None:
    settings = {"database_url": "sqlite://", "session": "plain"}

    ended = run(command, tmp_path / "heroes.db", str(tmp_path / "backup.db"), **settings)

    assert_one_sentence(ended, 2, "in memory")


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_the_database_itself_is_refused_as_a_wrong_argument(tmp_path: Path, command: str) -> None:
    path = make_database(tmp_path / "heroes.db", "Old")

    assert_one_sentence(run(command, path, str(path)), 2, "the database itself")


def test_a_file_is_required(tmp_path: Path) -> None:
    assert 2 == run("backup", tmp_path / "heroes.db").returncode
