"""The response to a request that was cancelled: 503, and what is known about its outcome."""

from http import HTTPStatus

from starlette.types import Scope

from entrypoints.http.error_handlers import OUTCOME_UNKNOWN, RETRY_AFTER
from entrypoints.http.json_response import JsonResponse
from entrypoints.http.problems import problem

UNIT_OF_WORK = "unit_of_work"
"""Key of the request's unit of work in the ASGI scope.

Its ``may_be_committed`` decides what the response says. Without it, nothing is known.
"""

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

RETRY = "Try again later."
ROLLED_BACK = "Nothing was changed. Try again later."


def cancelled_response(reason: str, scope: Scope) -> JsonResponse:
    """Return 503 with the reason, a sentence, for a request whose unit of work has ended."""
    detail = f"{reason} {_advice(scope)}"
    headers = {"Retry-After": RETRY_AFTER}
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, scope, headers)


def _advice(scope: Scope) -> str:
    if scope["method"] in SAFE_METHODS:
        return RETRY
    may_be_committed = getattr(scope.get(UNIT_OF_WORK), "may_be_committed", True)
    return OUTCOME_UNKNOWN if may_be_committed else ROLLED_BACK
