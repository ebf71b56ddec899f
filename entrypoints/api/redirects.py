"""The way from a path with a slash too many or too few to the resource that is there."""

from http import HTTPStatus
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import Match, Router
from starlette.types import Receive, Scope, Send


class SlashRedirect:
    """Where a router goes when no route matches: 307 to the path next door, or 404.

    ``Location`` is relative (RFC 9110, section 10.2.2), so that it does not repeat whatever host
    the client claims to have asked.
    """

    def __init__(self, router: Router) -> None:
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = _next_door(scope["path"])
        if scope["type"] == "http" and self._is_routed({**scope, "path": path}):
            query = scope["query_string"].decode("latin-1")
            headers = {"Location": quote(path) + ("?" + query if query else "")}
            redirect = Response(status_code=HTTPStatus.TEMPORARY_REDIRECT, headers=headers)
            await redirect(scope, receive, send)
        else:
            await self._router.not_found(scope, receive, send)

    def _is_routed(self, scope: Scope) -> bool:
        return any(route.matches(scope)[0] is not Match.NONE for route in self._router.routes)


def _next_door(path: str) -> str:
    return path.rstrip("/") if path.endswith("/") else path + "/"
