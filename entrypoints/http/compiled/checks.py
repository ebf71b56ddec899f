"""Whether FastAPI is as it was when this package was written.

What is compiled copies what FastAPI does for each part that a route can have. A version with a new
part is noticed here, and all routes are left to it.
"""

import inspect
import logging
from collections.abc import Callable, Collection
from dataclasses import fields
from functools import lru_cache
from typing import Any

from fastapi import routing
from fastapi.dependencies import utils
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

log = logging.getLogger(__name__)

PARTS = frozenset(
    [
        "path_params",
        "query_params",
        "header_params",
        "cookie_params",
        "body_params",
        "dependencies",
        "name",
        "call",
        "request_param_name",
        "websocket_param_name",
        "http_connection_param_name",
        "response_param_name",
        "background_tasks_param_name",
        "security_scopes_param_name",
        "own_oauth_scopes",
        "parent_oauth_scopes",
        "use_cache",
        "path",
        "scope",
        "concurrency",
    ]
)
"""The fields of a ``Dependant``."""

PARAMETERS: dict[Callable[..., Any], Collection[str]] = {
    routing.get_request_handler: frozenset(
        [
            "dependant",
            "body_field",
            "status_code",
            "response_class",
            "response_field",
            "response_model_include",
            "response_model_exclude",
            "response_model_by_alias",
            "response_model_exclude_unset",
            "response_model_exclude_defaults",
            "response_model_exclude_none",
            "dependency_overrides_provider",
            "embed_body_fields",
            "strict_content_type",
            "stream_item_field",
            "is_json_stream",
            "form_limits",
        ]
    ),
    utils.request_params_to_args: frozenset({"fields", "received_params"}),
    utils.request_body_to_args: frozenset({"body_fields", "received_body", "embed_body_fields"}),
}
"""The parameters of functions of FastAPI."""

CALLED = ("run_endpoint_function", "solve_dependencies")
"""What FastAPI's handlers call for all that a compiled one does itself."""


@lru_cache(maxsize=1)
def is_known() -> bool:
    """Return whether this version of FastAPI is known. If not, that is logged once."""
    change = find_change()
    if change:
        log.warning("no routes are compiled: FastAPI has changed %s", change)
    return change is None


def find_change() -> str | None:
    """Return what is different in this version of FastAPI, or ``None``."""
    if {each.name for each in fields(Dependant)} != PARTS:
        return "what a route can depend on"
    for function, known in PARAMETERS.items():
        if inspect.signature(function).parameters.keys() != known:
            return f"the parameters of {function.__name__}"
    if not hasattr(routing, "_effective_route_context_var"):
        return "how routes are included"
    return None


def is_own(handler: Callable[..., Any]) -> bool:
    """Return whether the handler is FastAPI's own, and so is what it calls.

    Packages that trace applications may replace or wrap functions of FastAPI. Then nothing may
    bypass these.
    """
    called = [handler, *(getattr(routing, name) for name in CALLED)]
    sources = {inspect.unwrap(each).__module__ for each in called}
    is_wrapped = any(hasattr(each, "__wrapped__") for each in called)
    return not is_wrapped and sources == {APIRoute.__module__, utils.__name__}
