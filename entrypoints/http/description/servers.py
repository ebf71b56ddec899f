"""The servers in the OpenAPI document, which depend on the prefix under which it is requested."""

from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from entrypoints.http.paths import external_root

Document = dict[str, Any]


def serve_with_root_path(app: FastAPI) -> None:
    """Replace FastAPI's route of the document by one whose server ``/`` has the root path.

    FastAPI lists the root path before the server ``/``, at which a proxy may serve something else.
    """

    async def respond(request: Request) -> Response:
        return JSONResponse(_replace_root(app.openapi(), external_root(request.scope)))

    url = str(app.openapi_url)
    others = [route for route in app.router.routes if getattr(route, "path", None) != url]
    app.router.routes = [Route(url, respond, include_in_schema=False), *others]


def _replace_root(document: Document, root: str) -> Document:
    """Return the document with this server in the place of ``/``."""
    servers = [
        {**server, "url": root or "/"} if server["url"] == "/" else server
        for server in document["servers"]
    ]
    return {**document, "servers": servers}
