"""The readiness of a process, on a fake database."""

import asyncio
import logging
from collections.abc import Sequence

import pytest

from entrypoints.api.health import readiness
from entrypoints.api.health.readiness import (
    LATE,
    MAX_AGE,
    NOT_CHECKED,
    OK,
    OUTDATED,
    REPLACED,
    STOPPING,
    UNAVAILABLE,
    Checks,
    Readiness,
)
from service_layer.errors import (
    NewerSchema,
    OutdatedSchema,
    StoreHalted,
    StoreMisconfigured,
    StoreUnavailable,
    UnsupportedSchema,
    UnusableDatabase,
)
from tests.fakes.clock import Clock

SECRET = "host=db1 user=admin"  # noqa: S105 - what no client may read


class Database:
    """Raises ``error``, or returns ``revision`` when ``may_answer`` is set."""

    is_in_memory = False

    def __init__(self) -> None:
        self.revision = "0001"
        self.error: Exception | None = None
        self.inspection: Sequence[str] | Exception = ()
        self.checks = 0
        self.inspections = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def schema_revision(self) -> str:
        self.checks += 1
        await self.may_answer.wait()
        if self.error:
            raise self.error
        return self.revision

    def pending(self) -> Sequence[str]:
        self.inspections += 1
        if isinstance(self.inspection, Exception):
            raise self.inspection
        return self.inspection


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ready(database: Database, clock: Clock) -> Readiness:
    return Readiness(database, clock=clock)


def results(database: str, schema: str = NOT_CHECKED) -> Checks:
    return {"process": OK, "database": database, "schema": schema}


async def test_a_process_with_an_up_to_date_database_is_ready(ready: Readiness) -> None:
    assert results(OK, OK) == await ready.check()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (StoreUnavailable(SECRET), results(UNAVAILABLE)),
        (StoreMisconfigured(SECRET), results(UNAVAILABLE)),
        (StoreHalted(SECRET), results(REPLACED)),
        (OutdatedSchema(SECRET), results(OK, OUTDATED)),
    ],
)
async def test_a_failure_has_a_reason_without_its_details(
    ready: Readiness, database: Database, error: Exception, expected: Checks
) -> None:
    database.error = error

    assert expected == await ready.check()


@pytest.mark.parametrize(
    "inspection", [["0002"], UnusableDatabase(SECRET), UnsupportedSchema(SECRET)]
)
async def test_a_schema_that_is_not_what_the_release_needs_is_not_ready(
    ready: Readiness, database: Database, inspection: Sequence[str] | Exception
) -> None:
    database.inspection = inspection

    assert results(OK, OUTDATED) == await ready.check()


async def test_a_newer_schema_that_the_release_works_with_is_ready(
    ready: Readiness, database: Database
) -> None:
    database.inspection = NewerSchema("of a newer release")

    assert results(OK, OK) == await ready.check()


async def test_a_failed_inspection_is_repeated(
    ready: Readiness, database: Database, clock: Clock
) -> None:
    database.inspection = StoreUnavailable("too many connections")
    assert results(UNAVAILABLE) == await ready.check()

    database.inspection = ()
    clock.now += MAX_AGE

    assert results(OK, OK) == await ready.check()


async def test_the_schema_is_inspected_only_if_another_revision_is_recorded(
    ready: Readiness, database: Database, clock: Clock
) -> None:
    for revision, inspections in [("0001", 1), ("0001", 1), ("0002", 2), ("0002", 2)]:
        database.revision = revision
        await ready.check()
        clock.now += MAX_AGE

        assert inspections == database.inspections


async def test_a_database_in_memory_is_not_inspected(ready: Readiness, database: Database) -> None:
    database.is_in_memory = True

    assert results(OK, OK) == await ready.check()
    assert 0 == database.inspections


async def test_a_result_is_used_for_a_second(
    ready: Readiness, database: Database, clock: Clock
) -> None:
    assert results(OK, OK) == await ready.check()
    database.error = StoreUnavailable("not reachable")

    clock.now += MAX_AGE - 0.1
    assert results(OK, OK) == await ready.check()
    clock.now += 0.1
    assert results(UNAVAILABLE) == await ready.check()


async def test_probes_at_the_same_time_share_a_check(ready: Readiness, database: Database) -> None:
    database.may_answer.clear()
    probes = [asyncio.create_task(ready.check()) for _ in range(100)]
    await asyncio.sleep(0)
    probes[0].cancel()  # its client has gone
    await asyncio.sleep(0)
    database.may_answer.set()

    assert [results(OK, OK)] * 99 == await asyncio.gather(*probes[1:])
    assert 1 == database.checks


async def test_a_database_that_does_not_respond_in_time_is_not_ready(
    ready: Readiness,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(readiness, "TIMEOUT", 0.01)
    database.may_answer.clear()

    assert results(LATE) == await ready.check()
    assert "not ready: the database does not respond" in caplog.text


async def test_the_schema_may_take_longer_to_inspect(
    ready: Readiness, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "TIMEOUT", 0)

    assert results(OK, OK) == await ready.check()
    assert 1 == database.inspections


async def test_a_process_that_stops_is_not_ready_at_once(database: Database) -> None:
    stopping = [False]
    ready = Readiness(database, lambda: stopping[0])
    assert results(OK, OK) == await ready.check()

    stopping[0] = True

    assert {
        "process": STOPPING,
        "database": NOT_CHECKED,
        "schema": NOT_CHECKED,
    } == await ready.check()
    assert 1 == database.checks


async def test_a_failure_and_its_end_are_logged_once(
    ready: Readiness, database: Database, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for error in [None, *[StoreUnavailable("not reachable")] * 3, None, None]:
        database.error = error
        await ready.check()
        clock.now += MAX_AGE

    assert ["not ready: not reachable", "ready again"] == caplog.messages
