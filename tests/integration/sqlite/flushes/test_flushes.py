"""An acknowledged write has been flushed to disk: kill -9 cannot show that it was not."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from tests.integration.strace import Call, calls, record
from tests.support.served import serve

FLUSH = "fdatasync"
SEND = "write"
TRACED = (FLUSH, "fsync", "pwrite64", SEND, "writev", "sendmsg", "sendto")
SUCCESS = '"HTTP/1.1 200 OK'
SESSIONS = pytest.mark.parametrize("session", ["fast", "plain"])


@SESSIONS
def test_each_write_is_flushed_after_its_last_page_and_before_its_response(
    tmp_path: Path, session: str
) -> None:
    database, trace = tmp_path / "heroes.db", tmp_path / "trace"
    with serve(database, wrapper=record(trace, *TRACED), session=session) as served:
        write_one_after_the_other(served.url)

    assert [2, 1, 1, 1, 1] == flushes_per_response(calls(trace), log_of(database))


@SESSIONS
def test_the_first_write_after_a_checkpoint_also_flushes_the_header_of_the_log(
    tmp_path: Path, session: str
) -> None:
    database, trace = tmp_path / "heroes.db", tmp_path / "trace"
    with serve(database, wrapper=record(trace, *TRACED), session=session) as served:
        post(served.url, "Before")
        begin_the_log_anew(database)
        post(served.url, "First")
        post(served.url, "Second")

    assert [2, 2, 1] == flushes_per_response(calls(trace), log_of(database))


def test_the_directory_entry_of_a_new_log_is_flushed_before_the_first_response(
    tmp_path: Path,
) -> None:
    database, trace = tmp_path / "heroes.db", tmp_path / "trace"
    with serve(database, wrapper=record(trace, *TRACED)) as served:
        post(served.url, "First")

    recorded = calls(trace)
    written = next(call for call in recorded if call.is_on(log_of(database)))
    (sent,) = (call for call in recorded if SUCCESS in call.arguments)
    assert any(
        written.ended < call.started <= call.ended < sent.started
        for call in recorded
        if call.name == FLUSH and call.is_on(tmp_path)
    )


async def test_a_commit_group_is_flushed_once_and_before_each_of_its_responses(
    tmp_path: Path,
) -> None:
    database, trace = tmp_path / "heroes.db", tmp_path / "trace"
    names = [f"Concurrent {number:02}." for number in range(32)]
    with serve(database, wrapper=record(trace, *TRACED)) as served:
        async with httpx2.AsyncClient(base_url=served.url, timeout=20) as client:
            await asyncio.gather(*(client.post("/heroes/", json=hero(name)) for name in names))

    recorded = [call for call in calls(trace) if call.name in TRACED]
    log = log_of(database)
    flushes = [call for call in recorded if call.name == FLUSH and call.is_on(log)]
    for name in names:
        containing = [call for call in recorded if name in call.arguments]
        written = next(call for call in containing if call.is_on(log))
        sent = next(call for call in containing if "<socket:" in call.arguments)
        assert any(written.ended < each.started <= each.ended < sent.started for each in flushes)
    assert len(flushes) < len(names)


def test_a_migration_is_flushed_before_the_first_request(tmp_path: Path) -> None:
    database, trace = tmp_path / "heroes.db", tmp_path / "trace"
    with serve(database, wrapper=record(trace, *TRACED)):
        pass

    on_database = [call for call in calls(trace) if call.is_on(database)]
    writes = [call for call in on_database if call.name == "pwrite64"]
    flushes = [call for call in on_database if call.name == FLUSH]
    assert writes
    assert writes[-1].ended < flushes[-1].started


def write_one_after_the_other(url: str) -> None:
    """Execute five writes that have an effect."""
    with httpx2.Client(base_url=url, timeout=20) as client:
        responses = [
            client.post("/heroes/", json=hero("Created")),
            client.patch("/heroes/1", json={"age": 48}),
            client.post("/heroes/", json=hero("Keyed"), headers={"Idempotency-Key": '"k"'}),
            client.post("/heroes/batch", json={"create": [hero("In a batch")]}),
            client.delete("/heroes/1"),
        ]
    assert [200] * 5 == [response.status_code for response in responses], responses[3].text


def flushes_per_response(recorded: Sequence[Call], log: Path) -> list[int]:
    """Return the number of the log's flushes before each successful response, since the last.

    Checks that the last page is flushed.
    """
    counts, since, is_flushed = [], 0, False
    for call in recorded:
        if call.is_on(log) and call.name == FLUSH:
            assert 0 == call.result
            since, is_flushed = since + 1, True
        elif call.is_on(log):
            is_flushed = False
        elif SUCCESS in call.arguments:
            assert is_flushed, "the response was sent before the flush"
            counts.append(since)
            since = 0
    return counts


def begin_the_log_anew(database: Path) -> None:
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        (row,) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert 0 == row[0], "the log is in use"


def post(url: str, name: str) -> None:
    assert 200 == httpx2.post(f"{url}/heroes/", json=hero(name), timeout=20).status_code


def hero(name: str) -> dict[str, str]:
    return {"name": name, "secret_name": "Unknown"}


def log_of(database: Path) -> Path:
    return database.with_name(f"{database.name}-wal")
