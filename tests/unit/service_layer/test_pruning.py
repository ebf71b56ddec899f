"""The pruner, on the in-memory database."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from domain.hero import HeroDraft
from service_layer.errors import StoreUnavailable
from service_layer.idempotency import IdempotencyKey, Pruned, StoredResponse
from service_layer.pruning import EMBEDDED_STEP, MAX_ROWS, Pruner
from service_layer.retention import Retention
from tests.fakes.clock import Clock
from tests.fakes.database import (
    FakeDatabase,
    FakeIdempotencyStore,
    FakeReadOnlyUnitOfWork,
    FakeUnitOfWork,
)

LIFETIME = 1_000
RESPONSE = StoredResponse(200, (), b"Deadpond")


async def save(
    database: FakeDatabase, number: int, retention: Retention, response: StoredResponse = RESPONSE
) -> None:
    """Store the response this many times, in one unit of work."""
    async with database.writing() as uow:
        for each in range(number):
            await uow.idempotency.save(IdempotencyKey(str(each), b"", retention), response)
        await uow.commit()


@asynccontextmanager
async def running(pruner: Pruner) -> AsyncIterator[None]:
    task = asyncio.create_task(pruner.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0)


class RecordedStore(FakeIdempotencyStore):
    """Records how many responses each step may delete. A step takes ``seconds``."""

    steps: list[int]
    seconds = 0.0

    async def prune(self, latest: int, at_most: int) -> Pruned:
        self.steps.append(at_most)
        started = time.perf_counter()
        while time.perf_counter() - started < self.seconds:
            pass
        return await super().prune(latest, at_most)


class RecordedDatabase(FakeDatabase):
    """Raises the next ``failures`` times that it is asked for a unit of work."""

    failures = 0

    def __init__(self, *, seconds: float = 0) -> None:
        super().__init__()
        self.steps: list[int] = []
        self.seconds = seconds

    def writing(self) -> FakeUnitOfWork:
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable("the database is locked")
        uow = super().writing()
        uow.idempotency = RecordedStore(uow.transaction.begin)
        uow.idempotency.steps, uow.idempotency.seconds = self.steps, self.seconds
        return uow


class RemoteDatabase(RecordedDatabase):
    is_embedded = False


class UncountedDatabase(FakeDatabase):
    """Its count takes too long."""

    def reading(self, client: str = "") -> FakeReadOnlyUnitOfWork:  # noqa: ARG002 - it counts for no client
        raise StoreUnavailable("a scan exceeded its timeout")


async def test_all_expired_responses_are_deleted_in_steps() -> None:
    database = FakeDatabase()
    await save(database, 3 * MAX_ROWS, Retention(-1))
    await save(database, 1, Retention(LIFETIME))  # replaces the first

    await Pruner(database, Retention(LIFETIME)).prune()

    assert ["0"] == list(database.committed.responses)


async def test_large_responses_are_all_deleted_though_a_step_deletes_few_of_them() -> None:
    database = FakeDatabase()
    await save(database, 10, Retention(-1), StoredResponse(200, (), b"x" * 60_000))

    await Pruner(database, Retention(LIFETIME)).prune()

    assert {} == database.committed.responses


async def test_deleted_responses_are_no_longer_counted() -> None:
    database, retention = FakeDatabase(), Retention(LIFETIME)
    await save(database, 3, Retention(-1))
    retention.count.number = 5

    await Pruner(database, retention).prune()

    assert 2 == retention.count.number


async def test_other_units_of_work_run_between_the_steps() -> None:
    database = FakeDatabase()
    await save(database, 3 * MAX_ROWS, Retention(-1))
    left = []

    async def write() -> None:
        for _ in range(2):
            async with database.writing() as uow:
                await uow.heroes.add(HeroDraft("Deadpond", "Dive Wilson"))
                await uow.commit()
            left.append(len(database.committed.responses))

    pruning = asyncio.create_task(Pruner(database, Retention(LIFETIME)).prune())
    await asyncio.gather(pruning, write())

    assert left[-1] > 0


async def test_a_step_that_deletes_all_that_is_expired_is_the_last() -> None:
    database = RecordedDatabase()
    await save(database, MAX_ROWS + 1, Retention(-1))

    await Pruner(database, Retention(LIFETIME)).prune()

    assert 2 == len(database.steps)


async def test_a_step_that_blocks_the_event_loop_for_too_long_is_followed_by_smaller_ones() -> None:
    database = RecordedDatabase(seconds=1.1 * EMBEDDED_STEP)
    await save(database, 2 * MAX_ROWS, Retention(-1))

    pruner = Pruner(database, Retention(LIFETIME))
    await pruner.prune()
    database.seconds = 0
    await save(database, 2 * MAX_ROWS, Retention(-1))
    await pruner.prune()

    slow = database.steps.index(1)
    assert [64, 32, 16, 8, 4, 2, 1] == database.steps[: slow + 1]
    assert 1 == database.steps[slow + 1]
    assert MAX_ROWS == max(database.steps[slow + 1 :])


async def test_steps_on_a_server_are_large_even_if_the_network_is_slow() -> None:
    database = RemoteDatabase(seconds=1.1 * EMBEDDED_STEP)
    await save(database, 2 * MAX_ROWS, Retention(-1))

    await Pruner(database, Retention(LIFETIME)).prune()

    assert {MAX_ROWS} == set(database.steps)


async def test_the_pruner_goes_on_after_failures_and_logs_the_first_of_them(
    caplog: pytest.LogCaptureFixture,
) -> None:
    database = RecordedDatabase()
    await save(database, 10, Retention(-1))
    database.failures = 3

    with caplog.at_level(logging.WARNING):
        async with running(Pruner(database, Retention(0))):
            await until(lambda: not database.committed.responses)

    message = "stored responses cannot be pruned or counted: the database is locked"
    assert [message] == caplog.messages


async def test_after_a_jump_of_the_database_s_clock_nothing_is_pruned_for_one_lifetime() -> None:
    monotonic, clock = Clock(), Clock()
    database = FakeDatabase(clock)
    pruner = Pruner(database, Retention(LIFETIME, monotonic=monotonic))
    await pruner.prune()
    await save(database, 3, Retention(LIFETIME))

    clock.now = 10 * LIFETIME
    for monotonic.now in (10, 9 + LIFETIME):
        clock.now = 10 * LIFETIME + monotonic.now
        await pruner.prune()
        assert 3 == len(database.committed.responses)
    monotonic.now += 1
    clock.now += 1
    await pruner.prune()

    assert {} == database.committed.responses


async def test_the_responses_are_counted_at_the_start(caplog: pytest.LogCaptureFixture) -> None:
    database = FakeDatabase()
    await save(database, 5, Retention(LIFETIME))
    retention = Retention(LIFETIME, limit=5)

    with caplog.at_level(logging.WARNING):
        async with running(Pruner(database, retention)):
            await until(lambda: caplog.messages)

    assert retention.count.is_full
    assert ["5 responses are stored, the limit; new keys get 503"] == caplog.messages


async def test_a_full_store_has_room_again_when_responses_expire() -> None:
    clock = Clock()
    database = FakeDatabase(clock)
    await save(database, 5, Retention(LIFETIME))
    retention = Retention(0, limit=5, monotonic=clock)

    async with running(Pruner(database, retention)):
        await until(lambda: retention.count.is_full)
        clock.now = LIFETIME
        await until(lambda: not retention.count.is_full)

    assert 0 == retention.count.number


async def test_what_cannot_be_counted_is_pruned_all_the_same() -> None:
    database = UncountedDatabase()
    await save(database, 10, Retention(-1))

    async with running(Pruner(database, Retention(LIFETIME))):
        await until(lambda: not database.committed.responses)


async def test_a_count_that_is_too_high_is_corrected_when_the_limit_seems_to_be_reached() -> None:
    database = FakeDatabase()
    retention = Retention(0, limit=5)

    async with running(Pruner(database, retention)):
        retention.count.number = 5  # others have deleted what this process has stored
        await until(lambda: not retention.count.is_full)
