"""A write to a SQLite file is acknowledged only after its COMMIT has been flushed to disk."""

import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text

from adapters.database import open_database, open_plain_database
from adapters.sql.unit_of_work import SqlUnitOfWork
from adapters.sqlite.schema import migrating_engine
from service_layer.database import Database
from tests.support.databases import migrated_sqlite
from tests.support.served import LIMIT, Served, serve

STRACE = shutil.which("strace")

FULL = 2
"""The value of ``PRAGMA synchronous`` with which every COMMIT is flushed."""

POSTS = 5
HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}

SESSIONS: Mapping[str, Callable[[str], Database]] = {
    "fast": open_database,
    "plain": open_plain_database,
}


@pytest.mark.parametrize("session", SESSIONS)
async def test_a_transaction_flushes_its_commit(tmp_path: Path, session: str) -> None:
    migrated_sqlite(tmp_path / "heroes.db").dispose()
    database = SESSIONS[session](f"sqlite:///{tmp_path}/heroes.db")

    async with database.writing() as uow:
        assert isinstance(uow, SqlUnitOfWork)
        levels = await uow.session.exec(text("PRAGMA synchronous"), {})
    await database.aclose()

    assert [(FULL,)] == [tuple(level) for level in levels]


def test_a_migration_flushes_its_commit(tmp_path: Path) -> None:
    with migrating_engine(tmp_path / "heroes.db").connect() as connection:
        assert FULL == connection.exec_driver_sql("PRAGMA synchronous").scalar()


@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
@pytest.mark.parametrize("session", SESSIONS)
def test_each_response_to_a_write_is_sent_after_a_flush(tmp_path: Path, session: str) -> None:
    with (
        serve(tmp_path / "heroes.db", session=session) as served,
        httpx2.Client(base_url=served.url) as client,
    ):
        client.post("/heroes/", json=HERO)
        with traced(served, tmp_path / "trace") as trace:
            for _ in range(POSTS):
                assert 200 == client.post("/heroes/", json=HERO).status_code

    assert ["flush", "response"] * POSTS == flushes_and_responses(trace)


@contextmanager
def traced(served: Served, trace: Path) -> Iterator[Path]:
    """Record the flushes and the sent data of all threads of the server until the block ends."""
    calls = "trace=fsync,fdatasync,write,writev,sendto,sendmsg"
    attached = ["-f", "-y", "-o", str(trace), "-e", calls, "-p", str(served.process.pid)]
    strace = subprocess.Popen(
        [str(STRACE), *attached], stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert strace.stderr is not None
    with strace.stderr as messages:
        assert "attached" in messages.readline()
        yield trace
        strace.send_signal(signal.SIGINT)  # it detaches, and the server goes on
        strace.wait(LIMIT)


def flushes_and_responses(trace: Path) -> list[str]:
    """Return the flushes of the write-ahead log that have ended, and the responses, in order.

    Several flushes before a response count as one.
    """
    events = ["response"]
    for line in trace.read_text().splitlines():
        if '"HTTP/1.1 200' in line:
            events.append("response")
        elif "sync(" in line and "-wal>" in line and events[-1] != "flush":
            events.append("flush")
    return events[1:]
