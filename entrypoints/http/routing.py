"""Requests that no route matches: another method, or a path with or without its last slash."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from urllib.parse import quote

from fastapi.routing import iter_route_contexts
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Router
from starlette.types import Receive, Scope, Send

from entrypoints.http.paths import external_path

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""The order of methods in ``Allow``. Others follow by name."""


def allowed_methods(
    routes: Sequence[BaseRoute], scope: Scope, known: Iterable[str] = ()
) -> Sequence[str]:
    """Return the methods that the routes support at the scope's path (RFC 9110, section 10.2.1).

    ``known`` are supported methods of a route that is not in ``routes``, but in a mounted router.
    """
    found = {*known, *(m for m in _methods(routes) if _is_routed(routes, {**scope, "method": m}))}
    return _sort(found)


def _sort(methods: set[str]) -> Sequence[str]:
    """Return the methods, and the ones that every path supports, in the order of ``Allow``."""
    head = ["HEAD"] if "GET" in methods else []
    others = sorted(methods - {*METHODS, "HEAD", "OPTIONS"})
    return [*(method for method in METHODS if method in methods), *others, *head, "OPTIONS"]


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


def _methods(routes: Sequence[BaseRoute]) -> set[str]:
    """Return the methods of all routes, at any path."""
    return set().union(*(route.methods or () for route in iter_route_contexts(routes)))


def _toggle_slash(path: str) -> str:
    return path.rstrip("/") if path.endswith("/") else path + "/"
