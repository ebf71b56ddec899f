"""After a failed flush nothing is acknowledged until the log has begun anew, or the process ends.

A later flush proves nothing: the page cache may hold what the disk does not (record 35). The
tests make ``fdatasync`` fail, as a disk does that reports an I/O error.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2
import pytest

from entrypoints.http.error_handlers import OUTCOME_UNKNOWN, UNAVAILABLE
from tests.integration.processes import assert_one_sentence, run
from tests.integration.strace import Call, calls, inject
from tests.integration.tutorial_database import stored
from tests.support.databases import migrated_sqlite
from tests.support.served import LIMIT, Served, serve

SUCCESS = '"HTTP/1.1 200 OK'
RECORDED = ("ftruncate", "write")
WRITES = 8
RESTARTED = "writes are accepted again"
EXITING = "exiting, to be restarted"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with a schema, so that a server flushes nothing before the first request."""
    migrated_sqlite(tmp_path / "heroes.db").dispose()
    return tmp_path / "heroes.db"


@pytest.mark.parametrize("when", ["1", "3", "4", "5", "6", "3+4"])
def test_the_log_begins_anew_before_the_next_write_is_acknowledged(
    database: Path, when: str
) -> None:
    with failing(database, when) as served:
        acknowledged = write_one_after_the_other(served, WRITES)
        served.kill()

    assert set(acknowledged) <= set(names_after_a_restart(database))
    assert WRITES == len(acknowledged)
    assert_restarted_after_each_failure(database)
    assert RESTARTED in served.output()


@pytest.mark.parametrize("when", ["1+", "3+", "5+", "1..2", "3..4", "5..6", "5+2"])
def test_the_process_exits_with_1_if_the_log_cannot_begin_anew(database: Path, when: str) -> None:
    with failing(database, when) as served:
        acknowledged = write_one_after_the_other(served, WRITES)
        code = served.process.wait(LIMIT)

    assert 1 == code
    assert set(acknowledged) <= set(names_after_a_restart(database))
    assert len(acknowledged) < WRITES
    assert 1 == served.output().count(EXITING)


async def test_each_request_of_the_failed_group_gets_503_with_an_unknown_outcome(
    database: Path,
) -> None:
    names = [f"Hero {number}" for number in range(32)]
    with failing(database, "4") as served:
        async with httpx2.AsyncClient(base_url=served.url, timeout=LIMIT) as client:
            posts = (client.post("/heroes/", json=hero(name)) for name in names)
            responses = await asyncio.gather(*posts)
        served.kill()

    acknowledged = {response.json()["name"] for response in responses if response.is_success}
    failed = [response.json()["detail"] for response in responses if not response.is_success]
    assert acknowledged <= set(names_after_a_restart(database))
    assert {503} == {response.status_code for response in responses if not response.is_success}
    assert OUTCOME_UNKNOWN in failed
    assert set(failed) <= {OUTCOME_UNKNOWN, UNAVAILABLE}


def test_until_then_writes_get_503_and_reads_see_only_what_was_acknowledged(
    database: Path,
) -> None:
    with failing(database, "4") as served, httpx2.Client(base_url=served.url) as client:
        created = client.post("/heroes/", json=hero("Before")).json()
        with reading(database):  # the log cannot begin anew while someone reads from it
            unknown = client.post("/heroes/", json=hero("Unknown"))
            refused = [client.post("/heroes/", json=hero("Refused")) for _ in range(3)]
            listed = client.get("/heroes/").json()
        served.wait_until_printed(RESTARTED, 1)
        after = client.post("/heroes/", json=hero("After"))

    assert OUTCOME_UNKNOWN == unknown.json()["detail"]
    assert [UNAVAILABLE] * 3 == [response.json()["detail"] for response in refused]
    assert [created] == listed
    assert 200 == after.status_code
    assert 1 == served.output().count("get 503 until the log has begun anew")


@pytest.mark.parametrize("options", [(), ("--no-migrate",)])
def test_a_start_begins_the_log_of_a_killed_process_anew(
    database: Path, options: Sequence[str]
) -> None:
    leave_a_log(database)

    with failing(database, "1000", *options) as served:
        assert 0 == size(log_of(database))
        assert ["Logged"] == [each["name"] for each in httpx2.get(f"{served.url}/heroes/").json()]

    assert_flushed_before_it_was_truncated(database)


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_a_start_that_cannot_flush_the_log_is_refused_in_one_sentence(
    database: Path, command: str
) -> None:
    leave_a_log(database)
    left = log_of(database).read_bytes()

    ended = run(command, database, wrapper=inject("fdatasync", "EIO", "1+", trace_of(database)))

    assert_one_sentence(ended, 1, "disk I/O error")
    assert left == log_of(database).read_bytes()


@contextmanager
def failing(database: Path, when: str, *options: str) -> Iterator[Served]:
    """Serve while these flushes of the committing thread fail (``inject``)."""
    wrapper = inject("fdatasync", "EIO", when, trace_of(database), *RECORDED)
    with serve(database, *options, wrapper=wrapper) as served:
        yield served


def write_one_after_the_other(served: Served, writes: int) -> list[str]:
    """Write until this many were acknowledged or the server ends. Return the acknowledged names."""
    acknowledged: list[str] = []
    deadline = time.monotonic() + LIMIT
    with httpx2.Client(base_url=served.url, timeout=LIMIT) as client:
        for attempt in range(1_000_000):
            assert time.monotonic() < deadline
            try:
                response = client.post("/heroes/", json=hero(f"Hero {attempt}"))
            except httpx2.TransportError:
                break
            assert response.status_code in {200, 503}
            if response.is_success:
                acknowledged.append(response.json()["name"])
            if len(acknowledged) == writes:
                break
    return acknowledged


def names_after_a_restart(database: Path) -> list[str]:
    with serve(database):
        return [name for _, name, *_ in stored(database)]


def assert_restarted_after_each_failure(database: Path) -> None:
    """Check that after each failure the database is flushed and the log truncated."""
    recorded = calls(trace_of(database))
    failures = [call for call in recorded if call.name == "fdatasync" and call.result < 0]
    failures = [call for call in failures if call.is_on(log_of(database))]
    assert failures
    for failure in failures:
        later = [call for call in recorded if call.started > failure.ended]
        sent = first(later, lambda call: SUCCESS in call.arguments)
        truncated = first(later, lambda call: call.name == "ftruncate" and is_log(call, database))
        assert truncated.ended < sent.started


def assert_flushed_before_it_was_truncated(database: Path) -> None:
    recorded = calls(trace_of(database))
    flushed = first(recorded, lambda call: call.name == "fdatasync" and call.is_on(database))
    truncated = first(recorded, lambda call: call.name == "ftruncate" and is_log(call, database))
    assert flushed.ended < truncated.started


def first(found: Sequence[Call], accepts: Callable[[Call], bool]) -> Call:
    return next(filter(accepts, found))


def is_log(call: Call, database: Path) -> bool:
    return call.is_on(log_of(database))


@contextmanager
def reading(database: Path) -> Iterator[None]:
    """Hold a read transaction on another connection."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM hero").fetchall()
        yield


def leave_a_log(database: Path) -> None:
    """Write, and kill the server: the write is in the log only."""
    with serve(database) as served:
        httpx2.post(f"{served.url}/heroes/", json=hero("Logged"))
        served.kill()
    assert size(log_of(database)) > 0


def hero(name: str) -> dict[str, str]:
    return {"name": name, "secret_name": "Unknown"}


def log_of(database: Path) -> Path:
    return database.with_name(f"{database.name}-wal")


def trace_of(database: Path) -> Path:
    return database.with_name("trace")


def size(file: Path) -> int:
    """Return the size in bytes, 0 if the file is missing."""
    return file.stat().st_size if file.exists() else 0
