"""A transaction is only acknowledged if the file is the same before and after its COMMIT."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from domain.hero import HeroQuery
from service_layer.database import Database
from service_layer.errors import OutcomeUnknown, StoreHalted, StoreUnavailable
from service_layer.heroes import create_hero
from tests.integration.sqlite.replaced_files.databases import make_database, names_in, saved_beside
from tests.integration.sqlite_events import on_statement
from tests.support.databases import migrated_sqlite, open_plain

UNITS = 8
SESSIONS = pytest.mark.parametrize("session", ["fast", "plain"])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_database(tmp_path / "heroes.db", "Old")


@pytest.fixture
def replace(tmp_path: Path, path: Path) -> Callable[[], object]:
    """Replace the database by another one."""
    new = make_database(tmp_path / "other.db", "New")
    return lambda: new.replace(path)


@SESSIONS
async def test_a_file_that_is_replaced_before_the_commit_gets_none(
    path: Path, replace: Callable[[], object], session: str
) -> None:
    statements: list[str] = []
    async with opened(path, session) as database, database.writing() as uow:
        await create_hero(uow, name="Uncommitted", secret_name="Unknown")
        replace()
        with on_statement(statements.append), pytest.raises(StoreUnavailable, match="replaced"):
            await uow.commit()

    assert "COMMIT" not in statements
    assert ["Old"] == names_in(saved_beside(path))
    assert ["New"] == names_in(path)


@SESSIONS
async def test_if_it_is_replaced_during_the_commit_the_outcome_is_unknown(
    path: Path, replace: Callable[[], object], session: str
) -> None:
    async with opened(path, session) as database, database.writing() as uow:
        await create_hero(uow, name="Unknown", secret_name="Unknown")
        with on_statement(once("COMMIT", replace)), pytest.raises(OutcomeUnknown):
            await uow.commit()

    assert ["Old", "Unknown"] == names_in(saved_beside(path))
    assert ["New"] == names_in(path)


async def test_no_unit_of_work_of_the_commit_group_is_acknowledged(
    path: Path, replace: Callable[[], object]
) -> None:
    async with opened(path, "fast") as database:
        with on_statement(once("RELEASE unit", replace)):
            units = (write(database, f"Unit {number}") for number in range(UNITS))
            outcomes = await asyncio.gather(*units, return_exceptions=True)

    assert [StoreHalted] * UNITS == list(map(type, outcomes))
    assert ["Old"] == names_in(saved_beside(path))


async def test_a_scan_that_has_begun_reads_the_old_file_and_the_next_is_refused(
    path: Path, replace: Callable[[], object]
) -> None:
    scan = HeroQuery(offset=10_000, limit=100)
    async with opened(path, "fast") as database:
        with on_statement(once("SELECT", replace)):
            async with database.reading() as uow:
                found = await uow.heroes.count(scan)
        async with database.reading() as uow:
            with pytest.raises(StoreHalted):
                await uow.heroes.count(scan)

    assert 1 == found


@asynccontextmanager
async def opened(path: Path, session: str) -> AsyncIterator[Database]:
    """Open the database, and close it at the end, which waits until it is saved."""
    if session == "plain":
        async with open_plain(f"sqlite:///{path}") as plain:
            await plain.aopen()
            yield plain
        return
    fast = migrated_sqlite(path)
    yield fast
    await fast.aclose()


async def write(database: Database, name: str) -> None:
    async with database.writing() as uow:
        await create_hero(uow, name=name, secret_name="Unknown")
        await uow.commit()


def once(start: str, action: Callable[[], object]) -> Callable[[str], None]:
    """Return a listener that calls ``action`` with the first statement that starts so."""
    is_called = False

    def listen(statement: str) -> None:
        nonlocal is_called
        if not is_called and statement.startswith(start):
            is_called = True
            action()

    return listen
