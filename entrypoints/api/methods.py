"""Which methods a resource answers (RFC 9110, sections 9.3.7, 10.2.1 and 15.5.6)."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from entrypoints.api.problems import problem

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


async def method_not_allowed(request: Request, _: HTTPException) -> Response:
    """Answer OPTIONS, and refuse other methods, with every method the resource does answer."""
    allowed = ", ".join(allowed_methods(request.app.routes, request.scope))
    headers = {"Allow": allowed}
    if request.method == "OPTIONS":
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)
    detail = f"This resource answers {allowed}."
    return problem(HTTPStatus.METHOD_NOT_ALLOWED, detail, request.scope, headers)


def allowed_methods(routes: Iterable[BaseRoute], scope: Scope) -> Sequence[str]:
    """Return the methods that some route answers at the scope's path."""
    found = [method for method in METHODS if _answers(routes, {**scope, "method": method})]
    head = ["HEAD"] if "GET" in found else []
    return [*found, *head, "OPTIONS"]


def _answers(routes: Iterable[BaseRoute], scope: Scope) -> bool:
    return any(route.matches(scope)[0] is Match.FULL for route in routes)
