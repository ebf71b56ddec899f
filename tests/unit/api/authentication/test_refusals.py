"""Requests that are refused before FastAPI is called: 401, 403 and 503."""

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from domain.hero import Hero
from domain.principal import Principal
from entrypoints.api.app import build_app, install
from entrypoints.http.browsers.swagger_ui import FILES
from service_layer.authentication import NotAuthenticated
from tests.fakes.authenticator import NO_KEYS, NO_STORE, FakeAuthenticator, bearing
from tests.fakes.database import FakeDatabase
from tests.support.missing import NOWHERE
from tests.unit.api.authentication.calls import DEADPOND, add_hero, call

OPERATIONS = [
    ("GET", "/heroes/"),
    ("POST", "/heroes/"),
    ("GET", "/heroes/1"),
    ("HEAD", "/heroes/1"),
    ("PATCH", "/heroes/1"),
    ("DELETE", "/heroes/1"),
    ("POST", "/heroes/batch"),
]

UNROUTED = [
    ("GET", "/heroes"),
    ("GET", "/heroes/7"),
    ("PUT", "/heroes/1"),
    ("BREW", "/heroes/1"),
    ("GET", NOWHERE),
    ("GET", "/"),
    ("GET", "//heroes/"),
    ("GET", "/heroes%2F1"),
    ("GET", "/livez/"),
    ("GET", "/docs/"),
    ("GET", "/docs/heroes"),
    ("GET", "/openapi.jsonx"),
    ("POST", "/openapi.json/"),
]

INVALID = [
    [],
    ["Bearer unknown"],
    ["Bearer "],
    ["Basic YWxpY2U6"],
    ["alice"],
    ["Bearer alice alice"],
    ["Bearer alice", "Bearer alice"],
    ["Bearer " + "x" * 10_000],
]


@pytest.fixture
def authenticator() -> FakeAuthenticator:
    return FakeAuthenticator()


@pytest.fixture
def app(authenticator: FakeAuthenticator) -> FastAPI:
    return build_app(FakeDatabase(), authenticator=authenticator)


@pytest.mark.parametrize("authorization", INVALID)
@pytest.mark.parametrize(("method", "path"), OPERATIONS + UNROUTED)
async def test_without_a_valid_credential_every_path_is_401_and_no_body_is_received(
    app: FastAPI, method: str, path: str, authorization: list[str]
) -> None:
    refused = await call(app, method, path, *authorization)

    assert (401, 0) == (refused.status, refused.received)
    assert "Bearer" == refused.headers["www-authenticate"]
    assert "application/problem+json" == refused.headers["content-type"]


async def test_every_invalid_credential_gets_the_same_response(app: FastAPI) -> None:
    refused = [await call(app, "GET", "/heroes/", *authorization) for authorization in INVALID]

    assert refused == [refused[0]] * len(INVALID)
    assert {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "Send a valid API key or token as Authorization: Bearer.",
        "instance": "/heroes/",
    } == refused[0].json


async def test_a_malformed_credential_does_not_reach_the_authenticator(
    app: FastAPI, authenticator: FakeAuthenticator
) -> None:
    for authorization in INVALID:
        await call(app, "GET", "/heroes/", *authorization)

    assert ["unknown"] == authenticator.asked


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
async def test_with_a_valid_credential_every_operation_is_executed(
    app: FastAPI, method: str, path: str
) -> None:
    await add_hero(app)
    body = b'{"create": [%b]}' % DEADPOND if path == "/heroes/batch" else DEADPOND

    assert 200 == (await call(app, method, path, "Bearer alice", body=body)).status


@pytest.mark.parametrize(("method", "path"), UNROUTED)
async def test_with_a_valid_credential_the_other_errors_are_the_usual_ones(
    app: FastAPI, method: str, path: str
) -> None:
    with_credential = await call(app, method, path, "Bearer alice")
    without_authentication = await call(build_app(FakeDatabase()), method, path)

    assert with_credential == without_authentication


@pytest.mark.parametrize(("method", "path"), OPERATIONS + UNROUTED)
@pytest.mark.parametrize(("credential", "scope"), [("reader", "read"), ("writer", "write")])
async def test_get_and_head_need_the_scope_to_read_and_other_methods_that_to_write(
    app: FastAPI, method: str, path: str, credential: str, scope: str
) -> None:
    response = await call(app, method, path, f"Bearer {credential}")

    needed = "read" if method in {"GET", "HEAD"} else "write"
    assert (response.status == 403) == (needed != scope)
    if response.status == 403:
        assert 0 == response.received
        assert (
            f'Bearer error="insufficient_scope", scope="heroes:{needed}"'
            == response.headers["www-authenticate"]
        )


async def test_a_missing_scope_is_named_in_a_problem(app: FastAPI) -> None:
    refused = await call(app, "DELETE", "/heroes/1", "Bearer reader")

    assert {
        "type": "about:blank",
        "title": "Forbidden",
        "status": 403,
        "detail": "The API key or token does not have the scope heroes:write.",
        "instance": "/heroes/1",
    } == refused.json


async def test_a_refused_request_changes_nothing() -> None:
    database = FakeDatabase()
    app = build_app(database, authenticator=FakeAuthenticator())

    for credential in ("unknown", "reader", "stranger", NO_STORE, NO_KEYS):
        await call(app, "POST", "/heroes/", f"Bearer {credential}")

    assert {} == database.committed.tables[Hero].rows


@pytest.mark.parametrize(
    ("credential", "reason", "detail"),
    [
        (NO_STORE, "the database is not reachable", "The database is temporarily unavailable."),
        (NO_KEYS, "the keys are not known yet", "Authentication is temporarily unavailable."),
    ],
)
async def test_a_credential_that_can_not_be_checked_is_503_and_no_body_is_received(
    app: FastAPI, caplog: pytest.LogCaptureFixture, credential: str, reason: str, detail: str
) -> None:
    refused = await call(app, "POST", "/heroes/", f"Bearer {credential}")

    assert (503, 0) == (refused.status, refused.received)
    assert "1" == refused.headers["retry-after"]
    assert "application/problem+json" == refused.headers["content-type"]
    assert f"{detail} Try again later." == refused.json["detail"]
    assert [f"POST '/heroes/': {reason}"] == caplog.messages


async def test_a_bug_in_an_authenticator_lets_nobody_in() -> None:
    class Broken(FakeAuthenticator):
        async def authenticate(self, credential: str) -> Principal | None:
            raise LookupError(len(credential))

    client = TestClient(
        build_app(FakeDatabase(), authenticator=Broken()), raise_server_exceptions=False
    )

    assert 500 == client.get("/heroes/", headers=bearing("alice")).status_code


@pytest.mark.parametrize("path", ["/heroes/", "/heroes/1", "/heroes/batch", NOWHERE, "*"])
async def test_options_needs_no_credential(app: FastAPI, path: str) -> None:
    allowed = await call(app, "OPTIONS", path)

    assert allowed.status in {204, 404}
    assert allowed == await call(app, "OPTIONS", path, "Bearer unknown")


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", *(file.path for file in FILES)])
@pytest.mark.parametrize("authorization", [[], ["Bearer unknown"], [f"Bearer {NO_STORE}"]])
async def test_the_document_and_its_page_need_no_credential(
    app: FastAPI, path: str, authorization: list[str]
) -> None:
    assert 200 == (await call(app, "GET", path, *authorization)).status
    assert 200 == (await call(app, "HEAD", path, *authorization)).status
    assert 200 == (await call(app, "GET", f"/api{path}", root_path="/api")).status


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/version"])
async def test_health_checks_need_no_credential(
    app: FastAPI, path: str, authenticator: FakeAuthenticator
) -> None:
    @app.get(path)
    async def check() -> str:
        return "ok"

    assert 200 == (await call(app, "GET", path)).status
    assert 200 == (await call(app, "GET", path, "Bearer alice")).status
    assert [] == authenticator.asked


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/docs/oauth2-redirect", "/openapi.json"])
async def test_the_pages_of_another_application_need_no_credential(path: str) -> None:
    app = FastAPI()
    install(app, FakeDatabase(), authenticator=FakeAuthenticator())

    assert 200 == (await call(app, "GET", path)).status


async def test_a_document_that_is_turned_off_is_no_public_path() -> None:
    app = FastAPI(openapi_url=None)
    install(app, FakeDatabase(), authenticator=FakeAuthenticator())

    assert 401 == (await call(app, "GET", "/openapi.json")).status
    assert 401 == (await call(app, "GET", "/docs")).status


async def test_an_exception_handler_of_the_user_is_asked(app: FastAPI) -> None:
    async def teapot(_: Request, error: Exception) -> Response:
        return JSONResponse(type(error).__name__, status_code=418)

    def page(_: Request, __: Exception) -> Response:
        return PlainTextResponse("log in")

    app.add_exception_handler(NotAuthenticated, teapot)
    asynchronous = await call(app, "GET", "/heroes/")
    app.add_exception_handler(NotAuthenticated, page)
    synchronous = await call(app, "GET", "/heroes/")

    assert (418, "NotAuthenticated") == (asynchronous.status, asynchronous.json)
    assert (200, b"log in") == (synchronous.status, synchronous.body)


def test_a_websocket_needs_the_scope_to_write(app: FastAPI) -> None:
    @app.websocket("/chat")
    async def chat(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(websocket.scope["principal"].id)
        await websocket.close()

    client = TestClient(app)

    with client.websocket_connect("/chat", headers=bearing("alice")) as connected:
        assert "key:1" == connected.receive_text()


@pytest.mark.parametrize("headers", [{}, bearing("reader"), bearing(NO_STORE), bearing(NO_KEYS)])
def test_a_websocket_is_refused_without_it(app: FastAPI, headers: dict[str, str]) -> None:
    @app.websocket("/chat")
    async def chat(_: WebSocket) -> None:
        raise AssertionError("the route should not be called")

    with (
        pytest.raises(WebSocketDisconnect),
        TestClient(app).websocket_connect("/chat", headers=headers),
    ):
        pass
