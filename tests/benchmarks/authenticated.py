"""GET of one hero with and without authentication, in this process.

The applications use one SQLite file and are called in turn, in short slices, so that drift of the
machine affects all alike. The time is that of the thread on its processor: while another process
has the processor, it does not count. A difference is computed within a slice::

    slice 1   none  API key  token  401  rate limit  no security headers
    slice 2         API key  token  401  rate limit  no security headers  none
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.types import Message

from adapters.sqlite.database import SqliteDatabase
from adapters.tokens.authenticator import open_file
from adapters.tokens.verification import TokenVerifier
from entrypoints.api.app import Limits, build_app
from entrypoints.api.scopes import SCOPES
from entrypoints.http.browsers.security_headers import SecurityHeaders
from entrypoints.quotas import MAX_REQUESTS, Quota
from service_layer.api_key_authentication import ApiKeyAuthenticator
from service_layer.api_keys import create_key
from service_layer.heroes import create_hero
from tests.benchmarks.contenders import KNOWN_KEY
from tests.benchmarks.rounds import rotated
from tests.support.databases import open_sqlite
from tests.support.tokens import AUDIENCE, ISSUER, jwk_set, signing_key

CALLS = 50
"""Calls of each subject in a slice."""

SLICES = 100
"""Slices in a round."""

NONE = "no authentication"
ALL = (SCOPES.read, SCOPES.write)

BARE = "no security headers"


class Subject(NamedTuple):
    """An application, the credential that its client sends, and the status that it gets."""

    app: FastAPI
    credential: str | None = None
    status: int = 200


@dataclass(frozen=True)
class Slices:
    """The microseconds of a request in each slice, by subject."""

    times: Sequence[Mapping[str, float]]

    def total(self) -> dict[str, float]:
        """Return the median time of a request of each subject."""
        return {name: median(each[name] for each in self.times) for name in self.times[0]}

    def added(self) -> dict[str, float]:
        """Return the median time that each part adds to a request; a refusal saves time."""
        found = {
            name: median(each[name] - each[NONE] for each in self.times)
            for name in self.times[0]
            if name not in {NONE, BARE}
        }
        return found | {"security headers": median(s[NONE] - s[BARE] for s in self.times)}


async def measure(folder: Path, rounds: int) -> Slices:
    """Measure all subjects on a new file in the folder."""
    path = folder / "authentication.db"
    database = open_sqlite(path)
    database.migrate()
    await database.aopen()
    try:
        subjects = await make_subjects(database, folder)
        await measure_slice(subjects, 0)  # fills the caches
        times = [await measure_slice(subjects, each) for each in range(rounds * SLICES)]
    finally:
        await database.aclose()
    return Slices(times)


async def make_subjects(database: SqliteDatabase, folder: Path) -> Mapping[str, Subject]:
    """Return the subjects by name, on the database with one hero and one key."""
    async with database.writing() as uow:
        await create_hero(uow, name="Deadpond", secret_name="Dive Wilson")
        await uow.commit()
    async with database.writing() as uow:
        created = await create_key(uow, name="benchmark", scopes=ALL)
    issuer = signing_key("benchmark", "ES256")
    published = folder / "keys.json"
    published.write_bytes(jwk_set(issuer))
    with_keys = build_app(database, authenticator=ApiKeyAuthenticator(database, SCOPES))
    verifier = TokenVerifier(ISSUER, AUDIENCE, SCOPES)
    with_tokens = build_app(database, authenticator=open_file(verifier, published))
    token = issuer.token(scope=" ".join(ALL), exp=int(time.time()) + 24 * 60 * 60)
    bare = build_app(database)
    bare.user_middleware = [m for m in bare.user_middleware if not adds_security_headers(m)]
    return {
        NONE: Subject(build_app(database)),
        KNOWN_KEY: Subject(with_keys, created.text),
        "cached token": Subject(with_tokens, token),
        "no credential, 401": Subject(with_keys, status=401),
        "rate limit": Subject(build_app(database, limits=Limits(rate=Quota(MAX_REQUESTS, 1)))),
        BARE: Subject(bare),
    }


def adds_security_headers(middleware: Middleware) -> bool:
    added: object = middleware.cls
    return added is SecurityHeaders


async def measure_slice(subjects: Mapping[str, Subject], index: int) -> Mapping[str, float]:
    """Return the microseconds of a request of each subject, each called ``CALLS`` times."""
    return {name: await measure_calls(subjects[name]) for name in rotated(list(subjects), index)}


async def measure_calls(subject: Subject) -> float:
    """Return the mean microseconds of a request. Raises ``RuntimeError`` at another status."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scopes = [scope_of(subject) for _ in range(CALLS)]
    started = time.thread_time()
    for scope in scopes:
        await subject.app(scope, receive, send)
    taken = time.thread_time() - started
    if {m["status"] for m in sent if m["type"] == "http.response.start"} != {subject.status}:
        raise RuntimeError(f"not all responses have the status {subject.status}")
    return taken / CALLS * 1e6


async def receive() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def scope_of(subject: Subject) -> dict[str, Any]:
    """Return the ASGI scope of a new request."""
    headers = [(b"host", b"127.0.0.1:8000"), (b"accept", b"*/*")]
    if subject.credential is not None:
        headers.append((b"authorization", b"Bearer " + subject.credential.encode()))
    return {
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
