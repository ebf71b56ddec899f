"""The methods of a path: ``Allow`` of an application to which routes were added."""

from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from entrypoints.api.app import build_app
from tests.fakes.database import FakeDatabase


def allowed(app: FastAPI, path: str) -> str:
    response = TestClient(app).request("MOVE", path)
    assert 405 == response.status_code
    allow: str = response.headers["allow"]
    return allow


def test_allow_has_the_methods_of_all_routes_at_a_path_in_one_order() -> None:
    app = build_app(FakeDatabase())
    app.add_api_route("/teams", lambda: None, methods=["REPORT", "DELETE", "LINK"])
    app.add_api_route("/teams", lambda: None, methods=["GET", "TRACE"])

    assert "GET, DELETE, LINK, REPORT, TRACE, HEAD, OPTIONS" == allowed(app, "/teams")
    assert "GET, POST, HEAD, OPTIONS" == allowed(app, "/heroes/")


def test_allow_has_the_methods_of_included_and_mounted_routes() -> None:
    router = APIRouter(prefix="/included")
    router.add_api_route("/teams", lambda: None, methods=["QUERY"])
    mounted = Route("/teams", lambda _: PlainTextResponse(""), methods=["PUT", "LOCK"])
    app = build_app(FakeDatabase())
    app.include_router(router)
    app.router.routes.append(Mount("/mounted", routes=[mounted]))

    assert "QUERY, OPTIONS" == allowed(app, "/included/teams")
    assert "PUT, LOCK, OPTIONS" == allowed(app, "/mounted/teams")
