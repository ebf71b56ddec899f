"""A database that is replaced or removed while it is served is saved, and nothing is served."""

import os
from pathlib import Path
from stat import S_IMODE

import httpx2
import pytest

from tests.integration.sqlite.replaced_files.databases import (
    HALTED,
    PRESERVED,
    beside,
    files_beside,
    make_database,
    names_in,
    names_served,
    post,
    saved_beside,
    serve_with_hero,
)
from tests.support.served import Served, serve

PRUNING = "stored responses cannot be pruned"
"""Part of the only warning that is allowed. It is logged if the pruner runs during the test."""

SESSIONS = pytest.mark.parametrize("session", ["fast", "plain"])


@pytest.fixture
def database(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data/heroes.db"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return make_database(tmp_path / "other.db", "New")


@SESSIONS
def test_a_replaced_database_is_saved_and_the_new_one_is_not_opened(
    database: Path, other: Path, session: str
) -> None:
    content = other.read_bytes()
    with serve_with_hero(database, session=session) as served:
        other.replace(database)
        assert_everything_is_refused(served)
        served.wait_until_printed(PRESERVED, 1)

        assert {""} == files_beside(database)
        assert content == database.read_bytes()

    saved = saved_beside(database)
    assert ["Old"] == names_in(saved)
    assert beside(saved, "-wal").stat().st_size > 0
    assert {0o600} == {S_IMODE(file.stat().st_mode) for file in database.parent.glob("*.replaced*")}


def test_the_log_names_both_files_and_the_reason_once(database: Path, other: Path) -> None:
    with serve_with_hero(database) as served:
        other.replace(database)
        for _ in range(3):
            assert_everything_is_refused(served)
        served.wait_until_printed(PRESERVED, 1)

    saved = saved_beside(database)
    assert 1 == served.output().count(HALTED)
    assert f"was saved as {saved}, its log as {saved}-wal" in served.output()
    warnings = [line for line in served.output().splitlines() if "WARNING" in line]
    assert all(PRUNING in line for line in warnings)


@SESSIONS
def test_a_removed_database_is_saved_from_the_open_connection(database: Path, session: str) -> None:
    with serve_with_hero(database, session=session) as served:
        database.unlink()
        assert_everything_is_refused(served)

    assert set() == files_beside(database)
    assert ["Old"] == names_in(saved_beside(database))


def test_a_database_that_is_removed_with_its_log_is_saved(database: Path) -> None:
    with serve_with_hero(database) as served:
        for suffix in ("", "-wal", "-shm"):
            beside(database, suffix).unlink()
        assert_everything_is_refused(served)

    assert ["Old"] == names_in(saved_beside(database))
    assert "without its log" in served.output()


def test_a_service_without_requests_notices_a_replaced_database(
    database: Path, other: Path
) -> None:
    with serve_with_hero(database) as served:
        other.replace(database)
        served.wait_until_printed(PRESERVED, 1)

    assert ["Old"] == names_in(saved_beside(database))


def test_the_log_of_the_database_that_moves_in_is_left_alone(database: Path, other: Path) -> None:
    with serve_with_hero(database) as served:
        other.replace(database)
        beside(other, "-wal").write_bytes(b"of the new database")
        beside(other, "-wal").replace(beside(database, "-wal"))
        assert_everything_is_refused(served)

    assert b"of the new database" == beside(database, "-wal").read_bytes()
    assert ["Old"] == names_in(saved_beside(database))


def test_after_that_either_database_can_be_served(database: Path, other: Path) -> None:
    with serve_with_hero(database) as served:
        other.replace(database)
        assert_everything_is_refused(served)

    with serve(database) as served:
        assert ["New"] == names_served(served)
    with serve(saved_beside(database)) as served:
        assert ["Old"] == names_served(served)


def test_a_database_that_comes_back_is_not_served_before_a_start(database: Path) -> None:
    away = database.with_name("away.db")
    with serve_with_hero(database) as served:
        database.rename(away)
        assert_everything_is_refused(served)
        served.wait_until_printed(PRESERVED, 1)
        away.rename(database)
        assert_everything_is_refused(served)

    assert ["Old"] == names_in(saved_beside(database))


def test_a_database_that_was_replaced_twice_is_saved_twice(database: Path, other: Path) -> None:
    another = make_database(other.with_name("another.db"), "Newer")
    for new, expected in ((other, "Old"), (another, "New")):
        with serve(database) as served:
            if expected == "Old":
                post(served, "Old")
            assert [expected] == names_served(served)
            new.replace(database)
            assert_everything_is_refused(served)

    saved = database.parent.glob("heroes.db.replaced-*Z*")
    saved_databases = sorted(file for file in saved if not file.name.endswith(("-wal", "-shm")))
    assert [["Old"], ["New"]] == [names_in(file) for file in saved_databases]


def test_a_symbolic_link_to_another_database_is_a_replacement(database: Path, other: Path) -> None:
    target = database.with_name("target.db")
    database.symlink_to(target)
    with serve_with_hero(database) as served:
        database.unlink()
        database.symlink_to(other)
        assert_everything_is_refused(served)
        served.wait_until_printed(PRESERVED, 1)

    assert f"the old database is {target}, together with its log" in served.output()
    assert {""} == files_beside(other)
    with serve(target) as served:
        assert ["Old"] == names_served(served)


def test_a_folder_that_is_renamed_keeps_the_database_together_with_its_log(
    database: Path,
) -> None:
    renamed = database.parent.with_name("renamed")
    with serve_with_hero(database) as served:
        database.parent.rename(renamed)
        assert_everything_is_refused(served)
        served.wait_until_printed(f"the old database is {renamed}/heroes.db, together with", 1)

    with serve(renamed / "heroes.db") as served:
        assert ["Old"] == names_served(served)


def test_a_truncated_database_counts_as_removed_and_its_log_is_saved(database: Path) -> None:
    with serve_with_hero(database) as served:
        os.truncate(database, 0)
        assert_everything_is_refused(served)

    assert "the database was truncated" in served.output()
    (log,) = database.parent.glob("heroes.db.replaced-*-wal")
    assert log.stat().st_size > 0


def assert_everything_is_refused(served: Served) -> None:
    with httpx2.Client(base_url=served.url) as client:
        responses = [
            client.post("/heroes/", json={"name": "Refused", "secret_name": "Unknown"}),
            client.get("/heroes/1"),
            client.get("/heroes/"),
            client.get("/heroes/", params={"offset": 5000}),
            client.patch("/heroes/1", json={"age": 1}),
            client.delete("/heroes/1"),
        ]
    assert [503] * len(responses) == [response.status_code for response in responses]
