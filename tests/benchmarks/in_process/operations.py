"""GET of one hero with each part that operators need, with none of them and with all."""

from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from adapters.sqlite.database import SqliteDatabase
from entrypoints.api.app import Limits, build_app
from entrypoints.api.health.endpoints import health_endpoints
from entrypoints.api.health.readiness import Readiness
from entrypoints.api.scopes import SCOPES
from entrypoints.exchanges import Observer
from entrypoints.http.middleware.observation import ObservationMiddleware
from entrypoints.quotas import MAX_REQUESTS, Quota
from entrypoints.server.identification import identify
from entrypoints.telemetry.logs.configuration import LogOptions, open_request_log
from entrypoints.telemetry.metrics.metrics import Metrics
from service_layer.api_key_authentication import ApiKeyAuthenticator
from tests.benchmarks.contenders import ALL_OFF, ALL_ON, INTERPRETED, KNOWN_KEY
from tests.benchmarks.in_process.bare import bare
from tests.benchmarks.in_process.slices import Slices, Subject, make_key, measure, one_hero
from tests.benchmarks.in_process.traces import make_subjects as traces_of
from tests.benchmarks.in_process.traces import traced_application

RATE = Limits(rate=Quota(MAX_REQUESTS, 1))
"""A rate limit that the benchmark does not reach."""


def arrive(scope: dict[str, Any]) -> None:
    """Identify a request, as the server does when its head has arrived."""
    identify(scope, scope["headers"])  # type: ignore[arg-type]  # it has the keys


async def measure_operations(folder: Path, rounds: int) -> Slices:
    """Measure all subjects on a new file in the folder."""
    untraced = one_hero(folder / "in_process.db")
    async with untraced as database, traced_application(folder / "traced.db") as traced:
        key = await make_key(database, SCOPES)
        with (folder / "requests.log").open("w") as log:
            subjects = make_subjects(database, key, open_log(log))
            app, export = traced
            traces = traces_of(bare(app), export)
            return await measure({**subjects, **traces}, rounds)


def open_log(stream: Any) -> Observer:
    """Return what writes the line of each request to the stream, as JSON."""
    with redirect_stdout(stream):
        observer = open_request_log(LogOptions("info", "json"))
    if observer is None:
        raise RuntimeError("no requests are logged")
    return observer


def make_subjects(database: SqliteDatabase, key: str, log: Observer) -> Mapping[str, Subject]:
    """Return the subjects by name, on the database with one hero and the key."""
    authenticator = ApiKeyAuthenticator(database, SCOPES)
    health = health_endpoints(Readiness(database, lambda: False))
    everything = build_app(
        database, authenticator=authenticator, limits=RATE, endpoints=health, metrics=Metrics()
    )
    return {
        ALL_OFF: Subject(bare(build_app(database))),
        INTERPRETED: Subject(bare(build_app(database, compiled_routes=False))),
        "security headers": Subject(build_app(database)),
        "health endpoints": Subject(bare(build_app(database, endpoints=health))),
        "metrics": Subject(bare(build_app(database, metrics=Metrics()))),
        "X-Request-ID": observed(bare(build_app(database))),
        "X-Request-ID, request log": observed(bare(build_app(database)), log),
        "X-Request-ID, Server-Timing": observed(bare(build_app(database)), timing=True),
        "rate limit": Subject(bare(build_app(database, limits=RATE))),
        KNOWN_KEY: Subject(bare(build_app(database, authenticator=authenticator)), key),
        ALL_ON: observed(everything, log, timing=True)._replace(credential=key),
    }


def observed(app: ASGIApp, *observers: Observer, timing: bool = False) -> Subject:
    """Return the application within what the server adds to it."""
    return Subject(ObservationMiddleware(app, observers, has_timing=timing), arrive=arrive)
