"""JSON is accepted and refused alike on every version of Python, compiled or by FastAPI."""

import json
from json import JSONDecodeError
from typing import Any

import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import TracerProvider
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from entrypoints.http.compiled import CompiledRoute
from entrypoints.http.compiled.json_body import relocate
from entrypoints.http.compiled.json_nesting import MAX_DEPTH

pytestmark = pytest.mark.canary

JSON = {"Content-Type": "application/json"}
DEEPEST = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
DEEPER = b"[" + DEEPEST + b"]"


async def echo(body: list[Any]) -> Response:
    return Response(json.dumps(body))


async def none() -> None:
    return None


def overridden() -> FastAPI:
    app = FastAPI()
    app.dependency_overrides[none] = none
    return app


def switched_off() -> FastAPI:
    app = FastAPI()
    app.state.compiled_routes = False
    return app


def traced() -> FastAPI:
    return FastAPI(telemetry={"tracer_provider": TracerProvider()})


def limited() -> FastAPI:
    app = FastAPI()
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=65_536)
    return app


@pytest.fixture(
    params=[FastAPI, switched_off, overridden, traced, limited], ids=lambda make: make.__name__
)
def app(request: pytest.FixtureRequest) -> FastAPI:
    made: FastAPI = request.param()
    made.router.route_class = CompiledRoute
    made.post("/echo", dependencies=[Depends(none)])(echo)
    return made


@pytest.mark.parametrize("content", [DEEPER, DEEPER[:-1], b"[" * 60_000, b"x" + DEEPER])
def test_json_that_is_nested_too_deeply_gets_400(app: FastAPI, content: bytes) -> None:
    response = TestClient(app).post("/echo", content=content, headers=JSON)

    expected = {"detail": "There was an error parsing the body"}
    assert (400, expected) == (response.status_code, response.json())


def test_json_may_be_nested_up_to_the_bound(app: FastAPI) -> None:
    response = TestClient(app).post("/echo", content=DEEPEST, headers=JSON)

    assert (200, DEEPEST) == (response.status_code, response.content)


def test_a_body_that_is_not_json_is_not_parsed(app: FastAPI) -> None:
    response = TestClient(app).post("/echo", content=DEEPER, headers={"Content-Type": "text/plain"})

    assert 422 == response.status_code
    assert ["list_type"] == [each["type"] for each in response.json()["detail"]]


@pytest.mark.parametrize(
    ("content", "position"),
    [
        (b"[1,]", 3),
        (b"[1, \t\r\n]", 7),
        (b'[{"a":1,}]', 8),
        (b'[{"a":1 , }]', 10),
        ('["é",]'.encode(), 5),
        ("[1,]".encode("utf-16"), 3),
        (b"[,]", 1),
        (b"[1,,]", 3),
        (b"[1,", 3),
        (b'[",]', 1),
    ],
)
def test_the_error_is_located_after_a_trailing_comma(
    app: FastAPI, content: bytes, position: int
) -> None:
    response = TestClient(app).post("/echo", content=content, headers=JSON)

    (error,) = response.json()["detail"]
    assert (422, "json_invalid") == (response.status_code, error["type"])
    assert ["body", position] == error["loc"]


@pytest.mark.parametrize(
    ("text", "comma", "position"), [("[1,]", 2, 3), ('{"a":1, \t\r\n}', 6, 11), ("[1,", 2, 3)]
)
def test_an_error_at_the_comma_is_located_after_it(text: str, comma: int, position: int) -> None:
    error = JSONDecodeError("Illegal trailing comma before end of array", text, comma)

    assert position == relocate(error).pos


def test_any_other_error_stays_where_it_is() -> None:
    assert 1 == relocate(JSONDecodeError("Expecting value", "[, ]", 1)).pos


def test_the_method_of_the_request_is_replaced_only_while_it_is_handled(app: FastAPI) -> None:
    seen: list[tuple[Any, bool]] = []

    class Watching(CompiledRoute):
        def get_route_handler(self) -> Any:
            handle = super().get_route_handler()

            async def watch(request: Request) -> Response:
                response = await handle(request)
                seen.append((await request.json(), "json" in vars(request)))
                return response

            return watch

    app.router.route_class = Watching
    app.post("/watched")(echo)

    TestClient(app).post("/watched", json=[1])

    assert [([1], False)] == seen


def test_a_request_may_parse_json_in_its_own_way(app: FastAPI) -> None:
    class Lenient(Request):
        async def json(self) -> Any:
            return [await super().json()]

    class LenientRoute(CompiledRoute):
        def get_route_handler(self) -> Any:
            handle = super().get_route_handler()

            async def parse(request: Request) -> Response:
                return await handle(Lenient(request.scope, request.receive))

            return parse

    app.router.route_class = LenientRoute
    app.post("/lenient")(echo)

    assert "[1]" == TestClient(app).post("/lenient", json=1).text
