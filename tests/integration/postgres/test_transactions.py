"""Transactions on PostgreSQL that do not end, or do not begin, as the session expects."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Select, literal_column, select

from adapters.postgres.database import PostgresDatabase
from adapters.postgres.pipelined_begin import TransactionStart
from adapters.postgres.pool import Pool
from adapters.postgres.scans import ScanPool
from adapters.postgres.session import Reader, WritingSession
from adapters.sql.mistyped import MistypedTables
from domain.hero import HeroDraft
from service_layer.errors import OutcomeUnknown, StoreUnavailable
from tests.support.databases import empty_postgres
from tests.support.served import ask

ONE: Select[Any] = select(literal_column("1"))
FAILING: Select[Any] = select(literal_column("1 / 0"))
DRAFT = HeroDraft("Deadpond", "Dive Wilson", 28)
CLOSE_ALL = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = {pid}"
END_SESSION = """
    CREATE OR REPLACE FUNCTION end_session() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'
"""
AT_COMMIT = """
    CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON hero DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION end_session()
"""


class OneConnection:
    """A pool of one connection, the last of which is ``connection``."""

    def __init__(self, url: str) -> None:
        self.connection: asyncpg.Connection
        self.pool = Pool(self._connect, size=1, timeout=0.1)
        self._url = url
        self._start = TransactionStart(self._connect)

    def session(self) -> WritingSession:
        return WritingSession(self.pool, self._start, MistypedTables())

    async def _connect(self) -> asyncpg.Connection:
        self.connection = await asyncpg.connect(self._url)
        return self.connection


@pytest.fixture
async def one(postgres_url: str) -> AsyncIterator[OneConnection]:
    one = OneConnection(postgres_url)
    yield one
    await one.pool.aclose()


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    """An empty database whose sessions end in each COMMIT of a new hero."""
    async with empty_postgres(postgres_url) as database:
        ask(postgres_url, END_SESSION, AT_COMMIT)
        yield database
        ask(postgres_url, "DROP TRIGGER at_commit ON hero")


async def test_only_the_first_statement_begins_the_transaction(one: OneConnection) -> None:
    warnings: list[object] = []
    session = one.session()
    await session.exec(ONE, {})
    one.connection.add_log_listener(lambda _, message: warnings.append(message))

    await session.exec(ONE, {})
    await session.exec(ONE, {})

    assert [] == warnings  # such as: there is already a transaction in progress
    await session.close()


async def test_a_connection_is_closed_after_any_error(one: OneConnection) -> None:
    session = one.session()
    with pytest.raises(asyncpg.DivisionByZeroError):
        await session.exec(FAILING, {})
    assert one.connection.is_closed()

    await session.close()
    await assert_has_a_connection(one)


async def test_a_read_that_fails_frees_its_slot_in_the_pool(one: OneConnection) -> None:
    with pytest.raises(asyncpg.DivisionByZeroError):
        await Reader(one.pool, ScanPool(one.pool, 1, 1), "", MistypedTables()).exec(FAILING, {})

    await assert_has_a_connection(one)


async def test_a_commit_that_the_server_turns_into_a_rollback_is_an_error(
    one: OneConnection,
) -> None:
    session = one.session()
    await session.exec(ONE, {})
    with suppress(asyncpg.PostgresError):
        await one.connection.execute("SELECT 1 / 0")

    with pytest.raises(StoreUnavailable, match="ROLLBACK"):
        await session.commit()

    await session.close()


async def test_a_commit_during_which_the_connection_is_lost_has_an_unknown_outcome(
    database: PostgresDatabase,
) -> None:
    async with database.writing() as uow:
        await uow.heroes.add(DRAFT)
        with pytest.raises(OutcomeUnknown):
            await uow.commit()


async def test_a_session_whose_rollback_fails_frees_its_slot_in_the_pool(
    one: OneConnection, postgres_url: str
) -> None:
    session = one.session()
    await session.exec(ONE, {})
    # The event loop is blocked meanwhile, so the driver does not notice that it is disconnected.
    ask(postgres_url, CLOSE_ALL.format(pid=one.connection.get_server_pid()))

    with pytest.raises(StoreUnavailable):
        await session.close()

    await assert_has_a_connection(one)


async def assert_has_a_connection(one: OneConnection) -> None:
    session = one.session()
    assert [(1,)] == [tuple(row) for row in await session.exec(ONE, {})]
    await session.close()
