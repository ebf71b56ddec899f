"""Requests that no route matches: another method, a wrong trailing slash, or ``OPTIONS *``."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import AnyStr

from fastapi.routing import RouteContext, iter_route_contexts
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Router
from starlette.types import Receive, Scope, Send

from entrypoints.http.paths import escape_path, external_path, raw_path

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""The order of methods in ``Allow``. Others follow by name."""


def allowed_methods(
    routes: Sequence[BaseRoute], scope: Scope, known: Iterable[str] = ()
) -> Sequence[str]:
    """Return the methods that the routes support at the request's path (RFC 9110, section 10.2.1).

    ``known`` are supported methods of a route that is not in ``routes``, but in a mounted router.
    """
    found = {*known, *(m for m in _methods(routes) if _is_routed(routes, {**scope, "method": m}))}
    return sort_methods(found)


def sort_methods(methods: set[str]) -> Sequence[str]:
    """Return the methods, and the ones that every path supports, in the order of ``Allow``."""
    head = ["HEAD"] if "GET" in methods else []
    others = sorted(methods - {*METHODS, "HEAD", "OPTIONS"})
    return [*(method for method in METHODS if method in methods), *others, *head, "OPTIONS"]


def escape_scope(routes: Sequence[BaseRoute], scope: Scope) -> Scope:
    """Return the ASGI scope with its path escaped if a route would match the path by mistake.

    A route that matches both forms makes no mistake. If all matching routes do, the scope is
    returned unchanged, so that path parameters are not escaped.
    """
    escaped = {**scope, "path": escape_path(scope)}
    if escaped["path"] == scope["path"]:
        return scope
    matching = [route for route in iter_route_contexts(routes) if _matches(route, scope)]
    match_both = all(_matches(route, escaped) for route in matching)
    return scope if matching and match_both else escaped


class AsteriskOptions:
    """A router's default endpoint: 204 for ``OPTIONS *``, with the methods of all routes.

    Other requests are passed to the previous default (RFC 9110, section 9.3.7).
    """

    def __init__(self, router: Router) -> None:
        self._router = router
        self._default = router.default

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != "*" or scope["type"] != "http" or scope["method"] != "OPTIONS":
            await self._default(scope, receive, send)
            return
        headers = {"Allow": ", ".join(sort_methods(_methods(self._router.routes)))}
        await Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)(scope, receive, send)


class SlashRedirect:
    """A router's default: 307 to the same path with or without its last slash, or 404.

    ``Location`` is a path (RFC 9110, section 10.2.2), so that it never repeats a ``Host`` that the
    client made up.
    """

    def __init__(self, router: Router) -> None:
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        other = self._with_other_slash(scope)
        if scope["type"] == "http" and any(_matches(route, other) for route in self._router.routes):
            query = scope["query_string"].decode("latin-1")
            location = external_path(other) + ("?" + query if query else "")
            headers = {"Location": location}
            redirect = Response(status_code=HTTPStatus.TEMPORARY_REDIRECT, headers=headers)
            await redirect(scope, receive, send)
        else:
            await self._router.not_found(scope, receive, send)

    def _with_other_slash(self, scope: Scope) -> Scope:
        paths = {"path": _toggle(scope["path"], "/"), "raw_path": _toggle(raw_path(scope), b"/")}
        return escape_scope(self._router.routes, {**scope, **paths})


def _is_routed(routes: Iterable[BaseRoute], scope: Scope) -> bool:
    return any(route.matches(scope)[0] is Match.FULL for route in routes)


def _matches(route: BaseRoute | RouteContext, scope: Scope) -> bool:
    """Return whether the route matches the path, with any method."""
    return route.matches(scope)[0] is not Match.NONE


def _methods(routes: Sequence[BaseRoute]) -> set[str]:
    """Return the methods of all routes, mounted ones included, at any path."""
    found: set[str] = set()
    for route in iter_route_contexts(routes):
        found |= (route.methods or set()) | _methods(getattr(route, "routes", []))
    return found


def _toggle(path: AnyStr, slash: AnyStr) -> AnyStr:
    return path.rstrip(slash) if path.endswith(slash) else path + slash
