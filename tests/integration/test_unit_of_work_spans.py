"""A traced request shows what its unit of work waits for and executes, on each engine."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx2
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode

from entrypoints.telemetry.tracing.environment import TraceOptions
from service_layer.database import Database
from service_layer.errors import StoreUnavailable
from service_layer.heroes import create_hero
from tests.support.databases import empty_postgres, open_plain, open_sqlite
from tests.support.traced import Traced, text_of

Opened = AbstractAsyncContextManager[Database]

CANARY = "Can4ry"
HERO = {"name": CANARY, "secret_name": f"of {CANARY}"}
LOCK, CONNECTION = "acquire write lock", "acquire connection"


@asynccontextmanager
async def sqlite(fixtures: pytest.FixtureRequest) -> AsyncIterator[Database]:
    database = open_sqlite(fixtures.getfixturevalue("tmp_path") / "heroes.db", lock_timeout=0.1)
    database.migrate()
    yield database
    await database.aclose()


def plain_sqlite(fixtures: pytest.FixtureRequest) -> Opened:
    return open_plain(f"sqlite:///{fixtures.getfixturevalue('tmp_path') / 'heroes.db'}")


def postgres(fixtures: pytest.FixtureRequest) -> Opened:
    return empty_postgres(fixtures.getfixturevalue("postgres_url"))


@asynccontextmanager
async def plain_postgres(fixtures: pytest.FixtureRequest) -> AsyncIterator[Database]:
    url = fixtures.getfixturevalue("postgres_url")
    async with empty_postgres(url), open_plain(url) as database:
        yield database


@pytest.fixture(params=[sqlite, plain_sqlite, postgres, plain_postgres], ids=lambda o: o.__name__)
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    async with request.param(request) as database:
        yield database


@asynccontextmanager
async def client_of(traced: Traced) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(traced.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        yield client


def trace(database: Database, ratio: float = 1.0) -> Traced:
    traced = Traced(database, TraceOptions("http://collector", ratio))
    database.trace(traced.tracing.spans)
    return traced


def attributes(span: ReadableSpan) -> dict[str, object]:
    return dict(span.attributes or {})


async def test_a_write_waits_executes_and_commits(
    database: Database, request: pytest.FixtureRequest
) -> None:
    traced = trace(database)
    is_fast_sqlite = request.node.callspec.id == "sqlite"
    system = "postgresql" if "postgres" in request.node.callspec.id else "sqlite"

    async with client_of(traced) as client:
        assert 200 == (await client.post("/heroes/", json=HERO)).status_code

    wait = LOCK if is_fast_sqlite else CONNECTION
    assert {wait, "INSERT hero", "COMMIT", "POST /heroes/"} == set(traced.names)
    assert ["INSERT hero", "COMMIT", "POST /heroes/"] == [n for n in traced.names if n != wait]
    *inner, request_span = traced.spans
    assert {SpanKind.CLIENT} == {span.kind for span in inner}
    assert {request_span.context and request_span.context.trace_id} == {
        span.context and span.context.trace_id for span in inner
    }
    assert {system} == {attributes(span)["db.system.name"] for span in inner}
    insert = attributes(next(span for span in inner if span.name.startswith("INSERT")))
    assert ("INSERT", "hero") == (insert["db.operation.name"], insert["db.collection.name"])


async def test_reads_are_recorded(database: Database, request: pytest.FixtureRequest) -> None:
    traced = trace(database)

    async with client_of(traced) as client:
        await client.get("/heroes/1")
        await client.get("/heroes/?name__contains=x", headers={"Prefer": "count=exact"})

    assert 3 <= traced.names.count("SELECT hero")
    assert (CONNECTION in traced.names) == (request.node.callspec.id != "sqlite")
    ids = {span.context.span_id: span.name for span in traced.spans if span.context}
    waiting = {
        ids[span.parent.span_id] for span in traced.spans if span.parent and span.name == CONNECTION
    }
    assert waiting <= {"SELECT hero", "GET /heroes/", "GET /heroes/{hero_id}"}


async def test_no_value_is_in_a_span(database: Database) -> None:
    traced = trace(database)

    async with client_of(traced) as client:
        await client.post("/heroes/", json=HERO, headers={"Idempotency-Key": CANARY})
        await client.patch("/heroes/1", json={"secret_name": CANARY})
        await client.get(f"/heroes/?name={CANARY}")
        await client.delete("/heroes/1")

    assert {"INSERT hero", "UPDATE hero", "DELETE hero", "SELECT hero"} <= set(traced.names)
    assert CANARY not in text_of(traced.spans)


async def test_a_request_that_is_not_traced_has_no_spans(database: Database) -> None:
    traced = trace(database, 0.0)

    async with client_of(traced) as client:
        await client.post("/heroes/", json=HERO)
        assert 200 == (await client.get("/heroes/1")).status_code

    assert () == traced.spans


@pytest.mark.parametrize("database", [sqlite], indirect=True)
async def test_a_lock_that_is_not_acquired_is_an_error_without_its_message(
    database: Database,
) -> None:
    traced = trace(database)

    async with client_of(traced) as client, database.writing() as other:
        await create_hero(other, name="N", secret_name="S", age=None)
        assert 503 == (await client.post("/heroes/", json=HERO)).status_code

    failed = next(span for span in traced.spans if span.name == LOCK)
    assert StatusCode.ERROR is failed.status.status_code
    assert failed.status.description is None
    name = f"{StoreUnavailable.__module__}.{StoreUnavailable.__qualname__}"
    assert name == attributes(failed)["error.type"]
    assert () == tuple(failed.events)
