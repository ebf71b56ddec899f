"""Requests that no route matches: another method, or a path with or without its last slash.

OPTIONS, ``Allow`` and 405 follow RFC 9110, sections 9.3.7, 10.2.1 and 15.5.6.
"""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from urllib.parse import quote

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Router
from starlette.types import Receive, Scope, Send

from entrypoints.http.paths import external_path
from entrypoints.http.problems import problem

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


async def method_not_allowed(request: Request, _: HTTPException) -> Response:
    """Return 204 for OPTIONS and 405 for other methods, with the methods that are allowed."""
    allowed = ", ".join(allowed_methods(request.app.routes, request.scope))
    headers = {"Allow": allowed}
    if request.method == "OPTIONS":
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)
    detail = f"This resource supports {allowed}."
    return problem(HTTPStatus.METHOD_NOT_ALLOWED, detail, request.scope, headers)


def allowed_methods(routes: Iterable[BaseRoute], scope: Scope) -> Sequence[str]:
    """Return the methods that the routes support at the scope's path."""
    routed = [method for method in METHODS if _is_routed(routes, {**scope, "method": method})]
    head = ["HEAD"] if "GET" in routed else []
    return [*routed, *head, "OPTIONS"]


class SlashRedirect:
    """A router's default: 307 to the same path with or without its last slash, or 404.

    ``Location`` is a path (RFC 9110, section 10.2.2), so that it never repeats a ``Host`` that the
    client made up.
    """

    def __init__(self, router: Router) -> None:
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        other = {**scope, "path": _toggle_slash(scope["path"])}
        if scope["type"] == "http" and self._is_routed(other):
            query = scope["query_string"].decode("latin-1")
            location = quote(external_path(other)) + ("?" + query if query else "")
            headers = {"Location": location}
            redirect = Response(status_code=HTTPStatus.TEMPORARY_REDIRECT, headers=headers)
            await redirect(scope, receive, send)
        else:
            await self._router.not_found(scope, receive, send)

    def _is_routed(self, scope: Scope) -> bool:
        return any(route.matches(scope)[0] is not Match.NONE for route in self._router.routes)


def _is_routed(routes: Iterable[BaseRoute], scope: Scope) -> bool:
    return any(route.matches(scope)[0] is Match.FULL for route in routes)


def _toggle_slash(path: str) -> str:
    return path.rstrip("/") if path.endswith("/") else path + "/"
