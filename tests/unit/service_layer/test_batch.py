"""The batch of heroes, on the in-memory database."""

from collections.abc import Mapping
from typing import Any

import pytest

from domain.errors import InvalidEntity, Location, OperationFailed, StaleVersion
from domain.hero import Hero, HeroNotFound
from domain.preconditions import Precondition
from service_layer import heroes
from service_layer.batch import Batch, BatchResult, Delete, Update
from tests.fakes.database import FakeDatabase

DEADPOND = Hero(1, "Deadpond", "Dive Wilson", 28, version=2)
RUSTY_MAN = Hero(2, "Rusty-Man", "Tommy Sharp", 48, version=1)
SPIDER_BOY: Mapping[str, Any] = {"name": "Spider-Boy", "secret_name": "Pedro"}
NAMELESS: Mapping[str, Any] = {"name": "", "secret_name": "Pedro"}
FIRST = Precondition(one_of={1})
SECOND = Precondition(one_of={2})


@pytest.fixture
def database() -> FakeDatabase:
    """A database with Deadpond and Rusty-Man."""
    database = FakeDatabase()
    database.committed.tables[Hero].rows |= {1: DEADPOND, 2: RUSTY_MAN}
    database.committed.tables[Hero].last_id = 2
    return database


async def apply(database: FakeDatabase, batch: Batch) -> BatchResult[Hero]:
    async with database.writing() as uow:
        result = await heroes.apply_batch(uow, batch)
        await uow.commit()
        return result


async def refused(database: FakeDatabase, batch: Batch) -> tuple[Location, type[Exception]]:
    """Return where the batch fails and why; check that it changes nothing."""
    with pytest.raises(OperationFailed) as failed:
        await apply(database, batch)
    assert {1: DEADPOND, 2: RUSTY_MAN} == database.committed.tables[Hero].rows
    return failed.value.loc, type(failed.value.cause)


async def test_all_operations_are_executed_and_returned_in_order(database: FakeDatabase) -> None:
    third = Hero(3, "Spider-Boy", "Pedro", None, version=1)
    fourth = Hero(4, "Spider-Boy", "Pedro", 16, version=1)
    database.committed.tables[Hero].rows |= {3: third, 4: fourth}
    database.committed.tables[Hero].last_id = 4

    result = await apply(
        database,
        Batch(
            create=[SPIDER_BOY, {**SPIDER_BOY, "age": 16}],
            update=[Update(2, {"age": None}), Update(1, {"age": 29}, SECOND)],
            delete=[Delete(4), Delete(3, FIRST)],
        ),
    )

    fifth = Hero(5, "Spider-Boy", "Pedro", None, version=1)
    sixth = Hero(6, "Spider-Boy", "Pedro", 16, version=1)
    deadpond = Hero(1, "Deadpond", "Dive Wilson", 29, version=3)
    rusty_man = Hero(2, "Rusty-Man", "Tommy Sharp", None, version=2)
    assert BatchResult([fifth, sixth], [rusty_man, deadpond], [4, 3]) == result
    assert {1: deadpond, 2: rusty_man, 5: fifth, 6: sixth} == database.committed.tables[Hero].rows


async def test_an_empty_batch_does_nothing(database: FakeDatabase) -> None:
    assert BatchResult([], [], []) == await apply(database, Batch())
    assert {1: DEADPOND, 2: RUSTY_MAN} == database.committed.tables[Hero].rows


async def test_an_update_to_equal_values_keeps_the_version(
    database: FakeDatabase,
) -> None:
    result = await apply(database, Batch(update=[Update(1, {"age": 28}), Update(2, {})]))

    assert [DEADPOND, RUSTY_MAN] == result.updated


@pytest.mark.parametrize(
    ("batch", "loc", "cause"),
    [
        (Batch(create=[SPIDER_BOY, NAMELESS]), ("create", 1), InvalidEntity),
        (Batch(update=[Update(1, {"age": -1})]), ("update", 0, "changes"), InvalidEntity),
        (Batch(update=[Update(1, {}), Update(7, {})]), ("update", 1), HeroNotFound),
        (Batch(update=[Update(1, {}, FIRST)]), ("update", 0), StaleVersion),
        (Batch(delete=[Delete(1), Delete(7)]), ("delete", 1), HeroNotFound),
        (Batch(delete=[Delete(2**64)]), ("delete", 0), HeroNotFound),
        (Batch(delete=[Delete(2), Delete(1, FIRST)]), ("delete", 1), StaleVersion),
        (Batch(update=[Update(1, {}), Update(1, {})]), ("update", 1), InvalidEntity),
        (Batch(update=[Update(1, {})], delete=[Delete(1)]), ("delete", 0), InvalidEntity),
        (Batch(delete=[Delete(1), Delete(2), Delete(1)]), ("delete", 2), InvalidEntity),
    ],
)
async def test_a_failing_operation_is_reported_and_rolls_the_batch_back(
    database: FakeDatabase, batch: Batch, loc: Location, cause: type[Exception]
) -> None:
    with_another_create = Batch([SPIDER_BOY, *batch.create], batch.update, batch.delete)
    shifted = ("create", 2) if loc == ("create", 1) else loc

    assert (loc, cause) == await refused(database, batch)
    assert (shifted, cause) == await refused(database, with_another_create)


@pytest.mark.parametrize(
    ("batch", "loc"),
    [
        (Batch(update=[Update(7, {}), Update(6, {})]), ("update", 0)),
        (Batch(update=[Update(2, {}, SECOND), Update(1, {}, FIRST)]), ("update", 0)),
        (Batch(update=[Update(7, {})], delete=[Delete(6)]), ("update", 0)),
        (Batch(create=[NAMELESS], update=[Update(1, {"age": -1})]), ("create", 0)),
        (
            Batch(update=[Update(1, {}), Update(1, {"age": -1}), Update(2, {"age": -1})]),
            ("update", 1),
        ),
    ],
)
async def test_the_first_of_several_failing_operations_is_reported(
    database: FakeDatabase, batch: Batch, loc: Location
) -> None:
    assert loc == (await refused(database, batch))[0]


async def test_invalid_operations_are_refused_before_any_query(
    database: FakeDatabase,
) -> None:
    batch = Batch(update=[Update(7, {}), Update(1, {"name": ""})], delete=[Delete(8)])

    assert (("update", 1, "changes"), InvalidEntity) == await refused(database, batch)


async def test_apply_batch_does_not_commit(database: FakeDatabase) -> None:
    async with database.writing() as uow:
        await heroes.apply_batch(uow, Batch(create=[SPIDER_BOY], delete=[Delete(1)]))

    assert {1: DEADPOND, 2: RUSTY_MAN} == database.committed.tables[Hero].rows


def test_no_repr_of_a_batch_contains_values() -> None:
    batch = Batch([SPIDER_BOY], [Update(1, {"secret_name": "Dive"})])

    assert "Pedro" not in repr(batch)
    assert "Dive" not in repr(batch)
