"""The application: routes, middleware and error handlers over a factory of units of work."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.types import ASGIApp, Lifespan

from entrypoints.api import routers
from entrypoints.api.scopes import SCOPES
from entrypoints.http.authentication.access import Access
from entrypoints.http.authentication.dependencies import SKIPPABLE
from entrypoints.http.authentication.documentation import add_security
from entrypoints.http.browsers.docs_page import HomeRedirect, add_docs_page
from entrypoints.http.browsers.security_headers import SecurityHeaders
from entrypoints.http.description.servers import serve_with_root_path
from entrypoints.http.error_handlers import install_error_handlers
from entrypoints.http.inclusion import include_directly
from entrypoints.http.middleware.authentication import Authentication
from entrypoints.http.middleware.body_limit import BodyLimit
from entrypoints.http.middleware.content_coding import ContentCoding
from entrypoints.http.middleware.escaped_path import EscapedPathMiddleware
from entrypoints.http.middleware.fixed_paths import FixedPaths
from entrypoints.http.middleware.gcra import RateLimiter
from entrypoints.http.middleware.head import HeadMiddleware
from entrypoints.http.middleware.rate_limit import RateLimit
from entrypoints.http.middleware.read_only import ReadOnly
from entrypoints.http.middleware.request_metrics import RequestMetrics
from entrypoints.http.middleware.request_timeout import RequestTimeout, TimeoutCount
from entrypoints.http.openapi import DESCRIPTION, complete_document
from entrypoints.http.paths import HEALTH_PATHS
from entrypoints.http.resources.router import ResourceRouter
from entrypoints.http.routing import AsteriskOptions, SlashRedirect
from entrypoints.quotas import Quota
from entrypoints.telemetry.metrics.metrics import Metrics
from service_layer.authentication import Authenticator
from service_layer.retention import Retention
from service_layer.unit_of_work import UnitOfWorkFactory

MAX_BODY = 64 * 1024
"""Maximum size of a request body, in bytes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the clients of an application may do."""

    request_timeout: float = 60.0
    """Time in seconds after which a request is cancelled if its response has not started."""

    rate: Quota | None = None
    """Maximum number of requests of a client, beyond which it gets 429."""

    is_read_only: bool = False
    """Whether requests that write get 503."""


def build_app(  # noqa: PLR0913 - one for each part of an application
    units_of_work: UnitOfWorkFactory,
    *,
    authenticator: Authenticator | None = None,
    retention: Retention | None = None,
    limits: Limits | None = None,
    endpoints: Mapping[str, ASGIApp] | None = None,
    metrics: Metrics | None = None,
    telemetry: TelemetryConfig | None = None,
    has_docs: bool = True,
    compiled_routes: bool = True,
    lifespan: Lifespan[FastAPI] | None = None,
) -> FastAPI:
    """Return the ASGI application. It enters ``lifespan`` at startup, and exits it at shutdown.

    Without an ``authenticator`` clients need no credential and have every scope. ``endpoints`` are
    served at their paths to every client, without limits, and are not in the OpenAPI document.
    ``metrics`` measure the requests. ``telemetry`` is FastAPI's argument: how it traces them. With
    ``has_docs`` it has a documentation page, which needs no credential. Without ``compiled_routes``
    all requests are handled by FastAPI's own handlers.
    """
    limits = limits or Limits()
    retention = retention or Retention()
    timeouts = TimeoutCount()
    limiter = RateLimiter(limits.rate) if limits.rate else None
    aggregates = [each for each in vars(routers).values() if isinstance(each, ResourceRouter)]
    app = FastAPI(
        title="Heroes",
        version=version("heroes"),
        description=DESCRIPTION,
        contact={"name": "The heroes maintainers"},
        license_info={"name": "MIT", "identifier": "MIT"},
        servers=[{"url": "/", "description": "The server of this document."}],
        openapi_tags=[each.tag for each in aggregates],
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry=telemetry,
    )
    app.state.compiled_routes = compiled_routes
    serve_with_root_path(app)
    for each in aggregates:  # first, because routes are tried in turn, at 1 µs each
        include_directly(app, each, SKIPPABLE)
    public_paths = HEALTH_PATHS.union(add_docs_page(app) if has_docs else ())
    app.router.default = SlashRedirect(app.router)
    app.add_middleware(BodyLimit, max_bytes=MAX_BODY)
    app.add_middleware(ContentCoding)  # outside BodyLimit, which may receive the body
    if limits.is_read_only:
        app.add_middleware(ReadOnly)
    if limiter:
        app.add_middleware(RateLimit, limiter=limiter)
    access = _authenticate(app, authenticator, public_paths, limiter)
    app.add_middleware(RequestTimeout, timeout=limits.request_timeout, count=timeouts)
    _install(app, units_of_work, retention, access, public_paths)
    if has_docs:
        app.add_middleware(HomeRedirect)
    app.add_middleware(SecurityHeaders)
    if metrics:
        metrics.identify(app.title.lower(), app.version)
        metrics.add(timeouts.measure, retention.measure, *([limiter.measure] if limiter else []))
        app.add_middleware(RequestMetrics, durations=metrics.durations)
        app.state.metrics = metrics
    if endpoints:
        app.add_middleware(FixedPaths, endpoints=endpoints)  # outside all others
    return app


def install(
    app: FastAPI,
    units_of_work: UnitOfWorkFactory,
    *,
    authenticator: Authenticator | None = None,
    retention: Retention | None = None,
) -> None:
    """Give an application what the routes need: units of work, error handlers, HEAD, and schemas.

    Then ``app.include_router(heroes.router)`` serves the heroes in it. With an ``authenticator``
    every request needs a credential, except for OPTIONS, the OpenAPI document, the documentation
    pages and the health checks.
    """
    public_paths = _public_paths(app)
    access = _authenticate(app, authenticator, public_paths)
    _install(app, units_of_work, retention, access, public_paths)


def _authenticate(
    app: FastAPI,
    authenticator: Authenticator | None,
    public_paths: Collection[str],
    limiter: RateLimiter | None = None,
) -> Access:
    access = Access(authenticator, SCOPES)
    app.add_middleware(Authentication, access=access, public_paths=public_paths, limiter=limiter)
    return access


def _public_paths(app: FastAPI) -> Collection[str]:
    """Return the paths of an application of FastAPI for which no credential is needed."""
    if not app.openapi_url:  # then there are no pages either, but FastAPI keeps their paths
        return HEALTH_PATHS
    pages = (app.docs_url, app.redoc_url, app.swagger_ui_oauth2_redirect_url)
    return HEALTH_PATHS.union({app.openapi_url}, filter(None, pages))


def _install(
    app: FastAPI,
    units_of_work: UnitOfWorkFactory,
    retention: Retention | None,
    access: Access,
    public_paths: Collection[str],
) -> None:
    app.state.units_of_work = units_of_work
    app.state.retention = retention or Retention()
    install_error_handlers(app)
    app.router.default = AsteriskOptions(app.router)
    app.add_middleware(HeadMiddleware)
    app.add_middleware(EscapedPathMiddleware)
    complete_document(app, partial(add_security, access=access, public_paths=public_paths))
