"""The application that the settings describe, and its background tasks."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.types import Lifespan

from entrypoints.api.app import Limits, build_app
from entrypoints.api.health.endpoints import Endpoint, health_endpoints
from entrypoints.api.health.readiness import Readiness
from entrypoints.composition.authenticators import open_authenticators
from entrypoints.composition.databases import (
    DatabaseUnreachable,
    open_database,
    translate_errors,
)
from entrypoints.composition.maintenance import migrate
from entrypoints.composition.tracing import choose_telemetry, open_tracing
from entrypoints.http.browsers.cross_origin import CrossOriginPolicy, share_with_origins
from entrypoints.http.browsers.security_headers import SecurityHeaders
from entrypoints.http.middleware.fixed_paths import FixedPaths, not_found
from entrypoints.server.garbage_collection import freeze_gc
from entrypoints.server.lifecycle.process_config import Apps
from entrypoints.server.stop_flag import StopFlag
from entrypoints.settings import Settings, load_settings
from entrypoints.telemetry.logs.dropped import dropped_lines
from entrypoints.telemetry.metrics import endpoint
from entrypoints.telemetry.metrics.metrics import Metrics
from entrypoints.telemetry.metrics.workers import find_worker_files
from service_layer.database import Database
from service_layer.errors import StoreUnavailable, UnusableDatabase
from service_layer.pruning import Pruner
from service_layer.retention import Retention
from service_layer.telemetry.measurements import Measure

if TYPE_CHECKING:
    from adapters.tokens.authenticator import TokenAuthenticator
    from entrypoints.telemetry.tracing.tracing import Tracing


RETRY_PAUSE = 1.0
"""Seconds between two attempts to migrate an unreachable database."""

log = logging.getLogger(__name__)


class Migrating(Enum):
    """When an application applies pending migrations."""

    NEVER = auto()
    AT_START = auto()
    """Before the first request; if the database server is unreachable, in the background."""

    IN_BACKGROUND = auto()
    """While it serves, when the database server is reachable."""


def when_to_migrate(database: Database, *, migrate: bool, is_unreachable: bool) -> Migrating:
    """Return when the application migrates, after the attempt of the command line."""
    if not migrate:
        return Migrating.NEVER
    if is_unreachable:
        return Migrating.IN_BACKGROUND
    return Migrating.AT_START if database.is_in_memory else Migrating.NEVER


def make_app(
    *, migrating: Migrating = Migrating.AT_START, settings: Settings | None = None
) -> FastAPI:
    """Return the application that the settings describe: a factory for any ASGI server.

    Without ``settings`` they are read from the environment and the file ``.env``. Such a server has
    no admin listener, so the application serves ``/metrics``. Nor does it have ``CrossOrigin``, so
    the application has it. Raises the same exceptions as ``make_apps``.
    """
    settings = (settings or load_settings()).model_copy(update={"admin_port": None})
    app = make_apps(StopFlag(), migrating=migrating, settings=settings).main
    if settings.cors_origins:
        share_with_origins(app, CrossOriginPolicy(settings.cors_origins))
    return app


def make_apps(
    stop: StopFlag,
    measure_server: Measure | None = None,
    *,
    migrating: Migrating,
    settings: Settings | None = None,
) -> Apps:
    """Return the applications of a process. ``stop`` is set when it receives a stop signal.

    The metrics include those of ``measure_server``. Unless it is read-only, the main application
    prunes stored responses in the background. It closes the database at shutdown.

    Raises ``InvalidSettings``. The main application raises ``CannotStart`` at startup if its
    database cannot be used.
    """
    settings = settings or load_settings()
    database = open_database(settings)
    retention = Retention(
        settings.key_lifetime,
        limit=settings.key_limit,
        limit_per_client=settings.key_limit_per_client,
    )
    authenticators = open_authenticators(settings, database)
    pruner = None if settings.read_only else Pruner(database, retention)
    metrics = Metrics(find_worker_files())
    metrics.add(database.measure, dropped_lines.measure)
    if measure_server:
        metrics.add(measure_server)
    tracing = open_tracing()
    if tracing is not None:
        database.trace(tracing.spans)
    health = health_endpoints(Readiness(database, stop.is_set))
    main = build_app(
        database,
        authenticator=authenticators.combined,
        retention=retention,
        limits=Limits(
            request_timeout=settings.request_timeout,
            rate=settings.rate_limit,
            is_read_only=settings.read_only,
        ),
        endpoints=health,
        metrics=metrics,
        telemetry=choose_telemetry(tracing, is_own_process=measure_server is not None),
        has_docs=settings.docs,
        compiled_routes=settings.compiled_routes,
        lifespan=_lifespan(
            database,
            migrating,
            pruner=pruner,
            metrics=metrics,
            tokens=authenticators.tokens,
            close_tracing=partial(_close_tracing, tracing, stop, settings.drain + settings.grace),
        ),
    )
    if settings.admin_port is None:
        main.router.routes.append(endpoint.metrics_route(metrics))
    measured = Endpoint(partial(endpoint.respond, metrics))
    admin = SecurityHeaders(FixedPaths(not_found, {**health, endpoint.PATH: measured}))
    return Apps(main, admin, may_end=lambda: not database.holds_last_copy)


def _lifespan(  # noqa: PLR0913 - one for each part that runs beside the application
    database: Database,
    migrating: Migrating,
    *,
    pruner: Pruner | None,
    metrics: Metrics,
    tokens: "TokenAuthenticator | None",
    close_tracing: Callable[[], Awaitable[None]],
) -> Lifespan[FastAPI]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        is_unreachable = migrating is Migrating.IN_BACKGROUND
        if migrating is Migrating.AT_START:
            is_unreachable = await asyncio.to_thread(_migrate_if_reachable, database)
        with translate_errors(database):
            warnings = await database.aopen()
        for warning in warnings:
            log.warning("%s", warning)
        tasks = [asyncio.create_task(pruner.run())] if pruner else []
        if metrics.workers:
            tasks.append(asyncio.create_task(metrics.run()))
        if is_unreachable:
            tasks.append(asyncio.create_task(_migrate_when_reachable(database)))
        if tokens is not None:
            tasks.append(asyncio.create_task(tokens.published.run()))
            await tokens.published.wait_until_attempted()
        freeze_gc()
        try:
            yield
        finally:
            await _cancel(tasks)
            await asyncio.gather(database.aclose(), close_tracing())

    return lifespan


async def _close_tracing(tracing: "Tracing | None", stop: StopFlag, seconds: float) -> None:
    """Export the last spans, within that time after the stop signal."""
    if tracing is not None:
        await tracing.aclose(max(0.0, seconds - stop.elapsed()))


async def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel the tasks, and wait until they have ended. Log those that have failed before."""
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            log.error("a background task has failed", exc_info=result)


def _migrate_if_reachable(database: Database) -> bool:
    """Apply pending migrations. Return whether the database server is unreachable."""
    try:
        migrate(database)
    except DatabaseUnreachable as error:
        log.warning("%s", error)
        return True
    return False


async def _migrate_when_reachable(database: Database) -> None:
    while True:
        try:
            revisions = await asyncio.to_thread(database.migrate)
        except StoreUnavailable:
            await asyncio.sleep(RETRY_PAUSE)
        except UnusableDatabase as error:
            log.error("cannot use %s: %s", database.name, error)  # noqa: TRY400 - no traceback needed
            return
        else:
            log.info("%s is reachable; migrations applied: %d", database.name, len(revisions))
            return
