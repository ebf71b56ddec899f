"""Applications that are called in turn, in short slices.

Drift of the machine then affects all of them alike. The time is that of the process on its
processors: while another process has them, it does not count, but that of threads does, such as the
one that exports traces. A difference is computed within a slice.

The order is random in each slice. In a fixed order, what a subject leaves in the processor's caches
would always affect the same other one::

    slice 1   token  none  rate limit  401  API key
    slice 2   none  API key  401  token  rate limit
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Message

from adapters.sqlite.database import SqliteDatabase
from entrypoints.asgi_scopes import IS_FROM_PROXY
from service_layer.api_keys import create_key
from service_layer.authorization import ScopeNames
from service_layer.heroes import create_hero
from tests.support.databases import open_sqlite

CALLS = 50
"""Calls of a subject in a slice, unless it has another number of them."""

SLICES = 100
"""Slices in a round."""


SAMPLED = b"00-" + b"ab" * 16 + b"-" + b"cd" * 8 + b"-01"
"""A ``traceparent`` of a trace that is recorded."""


class Subject(NamedTuple):
    """An application, the credential that its client sends, and the status that it gets.

    ``traced`` of the ``calls`` in a slice are sampled by a proxy. ``arrive`` is called before each
    call, and does what the server does when the head of a request has arrived. ``finish`` is called
    at the end of a slice. It completes what the application has left to other threads, so that it
    counts.
    """

    app: ASGIApp
    credential: str | None = None
    status: int = 200
    calls: int = CALLS
    traced: int = 0
    arrive: Callable[[dict[str, Any]], object] = lambda _: None
    finish: Callable[[], object] = lambda: None


@dataclass(frozen=True)
class Slices:
    """The microseconds of a request in each slice, by subject."""

    times: Sequence[Mapping[str, float]]

    def total(self) -> dict[str, float]:
        """Return the median time of a request of each subject."""
        return {name: median(each[name] for each in self.times) for name in self.times[0]}

    def added(self, base: str) -> dict[str, float]:
        """Return the median time that each other subject takes longer than ``base``."""
        return {
            name: median(each[name] - each[base] for each in self.times)
            for name in self.times[0]
            if name != base
        }


@asynccontextmanager
async def one_hero(file: Path) -> AsyncIterator[SqliteDatabase]:
    """Open a new database, with the hero that is read."""
    database = open_sqlite(file)
    database.migrate()
    await database.aopen()
    try:
        async with database.writing() as uow:
            await create_hero(uow, name="Deadpond", secret_name="Dive Wilson")
            await uow.commit()
        yield database
    finally:
        await database.aclose()


async def make_key(database: SqliteDatabase, scopes: ScopeNames) -> str:
    """Store an API key with all scopes, and return its text."""
    async with database.writing() as uow:
        created = await create_key(uow, name="benchmark", scopes=(scopes.read, scopes.write))
    return created.text


async def measure(subjects: Mapping[str, Subject], rounds: int) -> Slices:
    """Measure the subjects, after a slice that fills the caches."""
    await measure_slice(subjects, 0)
    return Slices([await measure_slice(subjects, each) for each in range(rounds * SLICES)])


async def measure_slice(subjects: Mapping[str, Subject], index: int) -> Mapping[str, float]:
    """Return the microseconds of a request of each subject."""
    times = {name: await measure_calls(subjects[name]) for name in shuffled(subjects, index)}
    return {name: times[name] for name in subjects}


def shuffled(subjects: Iterable[str], index: int) -> list[str]:
    """Return the names in the order of the slice with this index."""
    names = list(subjects)
    Random(index).shuffle(names)  # noqa: S311 - no secret
    return names


async def measure_calls(subject: Subject) -> float:
    """Return the mean microseconds of a request. Raises ``RuntimeError`` at another status."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scopes = [scope_of(subject, is_traced=n < subject.traced) for n in range(subject.calls)]
    started = time.process_time()
    for scope in scopes:
        subject.arrive(scope)
        await subject.app(scope, receive, send)
    await asyncio.sleep(0)  # what was left for the next iteration of the event loop
    subject.finish()
    taken = time.process_time() - started
    if {m["status"] for m in sent if m["type"] == "http.response.start"} != {subject.status}:
        raise RuntimeError(f"not all responses have the status {subject.status}")
    return taken / subject.calls * 1e6


async def receive() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def scope_of(subject: Subject, *, is_traced: bool = False) -> dict[str, Any]:
    """Return the ASGI scope of a new request."""
    headers = [(b"host", b"127.0.0.1:8000"), (b"accept", b"*/*")]
    if subject.credential is not None:
        headers.append((b"authorization", b"Bearer " + subject.credential.encode()))
    marks: dict[str, Any] = {}
    if is_traced:
        headers.append((b"traceparent", SAMPLED))
        marks[IS_FROM_PROXY] = True
    return {
        **marks,
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/heroes/1",
        "raw_path": b"/heroes/1",
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }
