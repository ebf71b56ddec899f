"""What is left to FastAPI: routes, requests, and all if FastAPI or an application says so."""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, Request, routing
from fastapi.responses import Response
from fastapi.routing import APIRoute
from fastapi.telemetry import get_telemetry_data
from fastapi.testclient import TestClient
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.http.compiled import CompiledRoute, checks, scopes
from tests.unit.http.compiled.sides import is_compiled, make_app

pytestmark = pytest.mark.canary


@pytest.fixture(autouse=True)
def forget_the_check() -> Iterator[None]:
    checks.is_known.cache_clear()
    yield
    checks.is_known.cache_clear()


async def number() -> AsyncIterator[int]:
    yield 1


Number = Annotated[int, Depends(number, scope="function")]


async def show(value: Number, request: Request) -> Response:
    return Response(f"{value} at {request.scope['route'].path}")


async def echo(body: dict[str, Any]) -> Response:
    return Response(str(body))


def declare(app: FastAPI) -> None:
    app.get("/number")(show)
    app.post("/echo")(echo)


@pytest.fixture
def app() -> FastAPI:
    return make_app(declare, compiled=True)


def compiled(app: FastAPI) -> set[bool]:
    return {is_compiled(each) for each in app.routes if isinstance(each, APIRoute)}


def test_requests_are_left_while_a_dependency_is_overridden(app: FastAPI) -> None:
    client = TestClient(app)
    assert "1 at /number" == client.get("/number").text

    app.dependency_overrides[number] = lambda: 2
    assert "2 at /number" == client.get("/number").text
    app.dependency_overrides.clear()
    assert "1 at /number" == client.get("/number").text
    app.dependency_overrides = {number: lambda: 3}
    assert "3 at /number" == client.get("/number").text


def test_an_included_route_has_the_dependencies_and_overrides_of_its_inclusion() -> None:
    called: list[str] = []

    async def check(request: Request) -> None:
        called.append(request.url.path)

    router = APIRouter(route_class=CompiledRoute)
    router.get("/number")(show)
    first, second = FastAPI(), FastAPI()
    first.include_router(router, prefix="/a", dependencies=[Depends(check)])
    second.include_router(router)

    assert "1 at /number" == TestClient(first).get("/a/number").text
    assert ["/a/number"] == called
    second.dependency_overrides[number] = lambda: 2
    assert "2 at /number" == TestClient(second).get("/number").text
    assert "1 at /number" == TestClient(first).get("/a/number").text
    assert ["/a/number"] * 2 == called


def test_an_inclusion_is_compiled() -> None:
    handlers: list[str] = []

    class Noted(CompiledRoute):
        def get_route_handler(self) -> Any:
            handler = super().get_route_handler()
            handlers.append(handler.__module__)
            return handler

    router = APIRouter(route_class=Noted)
    router.get("/number")(show)
    app, switched_off = FastAPI(), FastAPI()
    switched_off.state.compiled_routes = False
    for each in (app, switched_off):
        each.include_router(router)
        assert 200 == TestClient(each).get("/number").status_code

    assert ["fastapi.routing", "entrypoints.http.compiled.handler", "fastapi.routing"] == handlers


def test_a_mounted_application_has_its_own_overrides(app: FastAPI) -> None:
    outer = FastAPI()
    outer.mount("/v1", app)
    outer.dependency_overrides[number] = lambda: 2

    assert "1 at /number" == TestClient(outer).get("/v1/number").text
    app.dependency_overrides[number] = lambda: 3
    assert "3 at /number" == TestClient(outer).get("/v1/number").text


def test_a_subclass_handles_what_is_compiled() -> None:
    class Marked(CompiledRoute):
        def get_route_handler(self) -> Any:
            handle = super().get_route_handler()

            async def mark(request: Request) -> Response:
                response = await handle(request)
                response.headers["x-marked"] = "yes"
                return response

            return mark

    app = FastAPI()
    app.router.route_class = Marked
    app.get("/number")(show)

    assert "yes" == TestClient(app).get("/number").headers["x-marked"]


@pytest.mark.parametrize("is_traced", [True, False])
@pytest.mark.parametrize("path", ["/number", "/echo"])
def test_a_traced_request_has_all_spans_of_fastapi(path: str, *, is_traced: bool) -> None:
    def record(*, compiled: bool) -> list[Any]:
        spans = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(spans))
        traced = FastAPI(
            telemetry={"tracer_provider": provider, "exclude": lambda _: not is_traced}
        )
        traced.state.compiled_routes = compiled
        traced.router.route_class = CompiledRoute
        declare(traced)
        client = TestClient(traced)
        assert 422 == client.post("/echo", json=[]).status_code
        assert 200 == client.post("/echo", json={}).status_code
        client.get(path)
        return [
            (span.name, span.kind, dict(span.attributes or {}), span.status.status_code)
            for span in spans.get_finished_spans()
        ]

    recorded = record(compiled=True)
    assert recorded == record(compiled=False)
    assert is_traced == ("fastapi.endpoint" in {name for name, *_ in recorded})


def test_telemetry_has_the_request_and_its_arguments() -> None:
    seen = []

    async def look(body: dict[str, Any]) -> Response:
        data = get_telemetry_data()
        seen.append(data and (data.body, data.values))
        return Response(str(body))

    provider = TracerProvider()
    app = FastAPI(telemetry={"tracer_provider": provider})
    app.router.route_class = CompiledRoute
    app.post("/look")(look)

    TestClient(app).post("/look", json={"a": 1})

    assert [({"a": 1}, {"body": {"a": 1}})] == seen
    assert trace.get_current_span() is trace.INVALID_SPAN


class Grouping:
    """Middleware that receives in a task group, so that errors are in a group."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def receive_in_group() -> Message:
            try:
                return await receive()
            except HTTPException as error:
                raise ExceptionGroup("of a task group", [error]) from None

        await self.app(scope, receive_in_group, send)


@pytest.mark.parametrize("is_switched_on", [True, False])
def test_a_body_limit_of_starlette_refuses_a_long_body(*, is_switched_on: bool) -> None:
    app = make_app(declare, compiled=is_switched_on)
    app.add_middleware(Grouping)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=5)
    client = TestClient(app)

    assert 413 == client.post("/echo", json={"a": "long"}).status_code
    assert 413 == client.post("/echo", content=iter([b"{}", b" " * 9])).status_code
    assert 200 == client.post("/echo", json={}).status_code


def test_an_application_may_compile_no_routes() -> None:
    assert {True} == compiled(make_app(declare, compiled=True))
    assert {False} == compiled(make_app(declare, compiled=False))


@pytest.mark.parametrize(
    ("owner", "name", "value"),
    [
        (checks, "PARTS", {*checks.PARTS, "new"}),
        (checks, "PARAMETERS", {routing.get_request_handler: {"new"}}),
    ],
)
def test_all_routes_are_left_if_fastapi_has_changed(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    owner: Any,
    name: str,
    value: Any,
) -> None:
    monkeypatch.setattr(owner, name, value)

    app = make_app(declare, compiled=True)

    assert {False} == compiled(app)
    assert "1 at /number" == TestClient(app).get("/number").text
    assert ["no routes are compiled: FastAPI has changed"] == [
        text.rpartition(" FastAPI has changed ")[0] + " FastAPI has changed"
        for text in caplog.messages
    ]


def test_all_routes_are_left_if_inclusions_have_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app(declare, compiled=True)
    with monkeypatch.context() as patched:
        patched.delattr(routing, "_effective_route_context_var")
        assert "how routes are included" == checks.find_change()

    assert checks.find_change() is None
    assert {True} == compiled(app)


@pytest.mark.parametrize("name", ["run_endpoint_function", "solve_dependencies"])
def test_routes_are_left_whose_endpoints_another_package_traces(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    original = getattr(routing, name)
    calls = []

    async def traced(**arguments: Any) -> Any:
        calls.append(name)
        return await original(**arguments)

    monkeypatch.setattr(routing, name, traced)
    app = make_app(declare, compiled=True)

    assert "1 at /number" == TestClient(app).get("/number").text
    assert name in calls


def test_routes_are_left_whose_handlers_another_package_wraps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original = routing.get_request_handler
    calls = []

    def wrapped(*arguments: Any, **settings: Any) -> Any:
        handle = original(*arguments, **settings)

        async def noted(request: Request) -> Response:
            calls.append(request.url.path)
            return await handle(request)

        return noted

    monkeypatch.setattr(routing, "get_request_handler", wrapped)
    app = make_app(declare, compiled=True)

    assert "1 at /number" == TestClient(app).get("/number").text
    assert ["/number"] == calls


def test_a_route_that_is_left_is_logged_with_the_reason(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")

    def declare_thread(app: FastAPI) -> None:
        @app.get("/thread")
        def thread() -> Response:
            return Response("")

    make_app(declare_thread, compiled=True)

    assert [
        "/thread is not compiled: it uses an endpoint that runs in a thread, or streams"
    ] == caplog.messages


def test_exits_are_shielded_if_the_scopes_of_anyio_are_unknown() -> None:
    assert scopes.make_check(None)()
    assert scopes.make_check({})()  # no task, and no event loop


async def test_the_test_itself_is_in_no_scope_of_anyio() -> None:
    assert not scopes.may_be_in_scope()
