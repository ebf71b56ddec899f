"""``OPTIONS *`` asks for the methods of the whole server (RFC 9110, section 9.3.7)."""

from typing import Any

import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp

from entrypoints.api.app import build_app, install
from entrypoints.api.heroes import routes as heroes
from tests.fakes.database import FakeDatabase
from tests.integration.asgi_calls import Call


async def ask(app: ASGIApp, method: str = "OPTIONS", path: str = "*") -> Any:
    """Return the first message of the response."""
    call = Call(app, method, path, body=None)
    await call.run()
    return call.sent[0]


def allow(start: Any) -> str:
    values: list[bytes] = [value for name, value in start["headers"] if name == b"allow"]
    return b"; ".join(values).decode()


async def test_it_gets_every_method_of_every_route() -> None:
    start = await ask(build_app(FakeDatabase()))

    assert 204 == start["status"]
    assert "GET, POST, PATCH, DELETE, HEAD, OPTIONS" == allow(start)


async def test_it_gets_the_methods_of_included_and_mounted_routes() -> None:
    app, mounted = FastAPI(), FastAPI()
    install(app, FakeDatabase())
    app.include_router(heroes.router, prefix="/v1")
    mounted.add_api_route("/lock", lambda: None, methods=["LOCK", "PUT"])
    app.mount("/mounted", mounted)

    assert "GET, POST, PUT, PATCH, DELETE, LOCK, HEAD, OPTIONS" == allow(await ask(app))


@pytest.mark.parametrize(("method", "path"), [("GET", "*"), ("POST", "*"), ("OPTIONS", "/*")])
async def test_nothing_else_does(method: str, path: str) -> None:
    start = await ask(build_app(FakeDatabase()), method, path)

    assert (404, "") == (start["status"], allow(start))


async def test_a_users_own_default_is_still_used_for_other_paths() -> None:
    app = FastAPI()

    async def teapot(_: Any, __: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 418, "headers": []})

    app.router.default = teapot
    install(app, FakeDatabase())

    assert [418, 204] == [(await ask(app, path="/x"))["status"], (await ask(app))["status"]]
