"""A path is matched exactly: line feeds, white space and encoded slashes are part of it."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI, WebSocket
from fastapi.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from entrypoints.api.app import build_app, install
from entrypoints.api.heroes import routes as heroes
from tests.fakes.database import FakeDatabase
from tests.integration.asgi_calls import Call

DEADPOND = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 28}


def users_router() -> APIRouter:
    router = APIRouter()
    router.add_api_route("/motto", lambda: "motto")
    router.add_api_route("/echo/{text}", lambda text: text)
    router.add_api_route("/echo/loud", lambda: "LOUD")
    router.add_api_route("/square/{number:int}", lambda number: number)
    router.add_api_route("/files/{path:path}", lambda path: path)
    router.add_api_route("/folders/{path:path}/", lambda path: path)

    @router.websocket("/chat")
    async def chat(socket: WebSocket) -> None:
        await socket.accept()

    return router


def built() -> FastAPI:
    app = build_app(FakeDatabase())
    app.include_router(users_router())
    return app


def included() -> FastAPI:
    app = FastAPI(redirect_slashes=False)
    install(app, FakeDatabase())
    app.include_router(heroes.router)
    app.include_router(users_router())
    return app


@pytest.fixture(params=[built, included], ids=lambda function: function.__name__)
def client(request: pytest.FixtureRequest) -> TestClient:
    """A client of an application that has the hero 1."""
    make_app: Callable[[], FastAPI] = request.param
    return with_a_hero(make_app())


def with_a_hero(app: FastAPI, prefix: str = "") -> TestClient:
    client = TestClient(app, base_url=f"http://heroes{prefix}", follow_redirects=False)
    assert 200 == client.post("/heroes/", json=DEADPOND).status_code
    return client


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/motto", "/square/1", "/heroes"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_a_path_with_a_line_feed_after_it_is_another_path(
    client: TestClient, method: str, path: str
) -> None:
    assert 404 == client.request(method, f"{path}%0A").status_code
    assert 404 == client.request(method, f"{path}%0A/").status_code


def test_a_line_feed_after_a_collection_is_an_id(client: TestClient) -> None:
    assert 422 == client.get("/heroes/%0A").status_code
    assert 405 == client.post("/heroes/%0A", json=DEADPOND).status_code
    assert 422 == client.get("/heroes/batch%0A").status_code
    assert 405 == client.post("/heroes/batch%0A", json={}).status_code


@pytest.mark.parametrize(
    "written",
    ["%201", "1%20", "1%0A", "%0A1", "1%0D%0A", "%091", "1%09", "1%0B", "1%C2%A0", "%E2%80%831"],
)
def test_an_id_with_white_space_around_it_is_no_number(client: TestClient, written: str) -> None:
    responses = [
        client.get(f"/heroes/{written}"),
        client.patch(f"/heroes/{written}", json={"age": 1}),
        client.delete(f"/heroes/{written}"),
    ]
    other = client.get("/heroes/x")

    assert [(422, other.json())] * 3 == [(each.status_code, each.json()) for each in responses]
    assert {**DEADPOND, "id": 1} == client.get("/heroes/1").json()


@pytest.mark.parametrize("text", ["a%0A", "%0A", "a%0Ab", "%20a%20", "loud"])
def test_a_parameter_of_a_users_route_gets_its_text_unchanged(
    client: TestClient, text: str
) -> None:
    decoded = {"a%0A": "a\n", "%0A": "\n", "a%0Ab": "a\nb", "%20a%20": " a ", "loud": "loud"}

    assert decoded[text] == client.get(f"/echo/{text}").json()


@pytest.mark.parametrize("slash", ["%2F", "%2f"])
def test_an_encoded_slash_does_not_separate_segments(client: TestClient, slash: str) -> None:
    assert 404 == client.get(f"/heroes{slash}1").status_code
    assert 404 == client.get(f"/heroes{slash}").status_code
    assert 404 == client.get(f"{slash}motto").status_code
    assert 422 == client.get(f"/heroes/1{slash}").status_code
    assert 422 == client.get(f"/heroes/{slash}").status_code
    assert 404 == client.get(f"/echo{slash}a").status_code


def test_an_encoded_slash_in_a_parameter_for_paths_is_decoded(client: TestClient) -> None:
    assert "a/b c" == client.get("/files/a%2Fb%20c").json()


@pytest.mark.parametrize("path", ["/heroes/1%2Fa", "/heroes/%2F", "/heroes/1%0A"])
def test_a_redirect_keeps_an_encoded_slash_and_a_line_feed(path: str) -> None:
    response = TestClient(built(), follow_redirects=False).get(f"{path}/?a=%0A")

    assert (307, f"{path}?a=%0A") == (response.status_code, response.headers["location"])


@pytest.mark.parametrize(
    "path", ["/docs%0A", "/motto%0A", "/heroes%0A", "/heroes/%0A", "/heroes/1%0A", "/heroes%2F1"]
)
def test_paths_are_exact_in_a_mounted_application(path: str) -> None:
    outer = FastAPI()
    outer.mount("/v1", built())
    client = with_a_hero(outer, "/v1")

    assert 404 == client.get(path).status_code
    assert 422 == client.get("/heroes/%201").status_code
    assert "a/b" == client.get("/files/a%2Fb").json()


def test_a_redirect_never_leads_to_another_host() -> None:
    client = TestClient(built(), follow_redirects=False)

    response = client.get("http://heroes/folders//evil.example")
    assert "/folders//evil.example/" == response.headers["location"]
    app = build_app(FakeDatabase())
    app.add_api_route("/{path:path}/", lambda path: path)
    response = TestClient(app, follow_redirects=False).get("http://heroes//evil.example")
    assert "/.//evil.example/" == response.headers["location"]


@pytest.mark.parametrize("missing", [{}, {"raw_path": None}])
async def test_a_server_need_not_provide_the_raw_path(missing: dict[str, Any]) -> None:
    app = build_app(FakeDatabase())

    async def without_raw_path(scope: Scope, receive: Receive, send: Send) -> None:
        kept = {name: value for name, value in scope.items() if name != "raw_path"}
        await app({**kept, **missing}, receive, send)

    async def status(method: str, path: str) -> int:
        key = [(b"idempotency-key", b"one")]
        call = Call(without_raw_path, method, path, body=DEADPOND, headers=key)
        await call.run()
        return call.status

    assert 200 == await status("POST", "/heroes/")
    assert 200 == await status("GET", "/heroes/1")
    assert 307 == await status("GET", "/heroes/1/")
    assert 404 == await status("GET", "/heroes/2")
    assert 404 == await status("GET", "/docs\n")
    assert 422 == await status("GET", "/heroes/1\n")


def test_a_web_socket_is_found_at_its_escape_path() -> None:
    client = TestClient(built())

    with client.websocket_connect("/chat"):
        pass
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/chat%0A"):
        pass
