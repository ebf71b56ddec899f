"""Changes to FastAPI's OpenAPI document: problem details, integers and operation ids."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.constants import REF_TEMPLATE
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema

from entrypoints.http.problems import Problem

DESCRIPTION = """\
Errors are `application/json` by default, and problem details (RFC 9457) if `Accept` prefers
`application/problem+json`. Errors with no other media type below are always problem details.

`HEAD` is supported wherever `GET` is. `OPTIONS` is supported on every path and returns `Allow`. Any
other method is rejected with 405 and `Allow`, in either of the two media types. A path with a slash
too many or too few at its end is redirected with 307; `Location` is a path.
"""


Document = dict[str, Any]


def document_problems(app: FastAPI, add_security: Callable[[Document], Document]) -> None:
    """Add the schema of problem details to the OpenAPI document, and convert its whole floats.

    FastAPI adds a response model to one media type only. It stores bounds as floats: 2**63 would be
    serialized as 9.223372036854776e+18, which is a different decimal number. ``add_security``
    returns a document with the requirements of authentication.
    """
    make_document = app.openapi
    converted: Document = {}

    def openapi() -> Document:
        nonlocal converted
        document = make_document()  # the one in app.openapi_schema, until the routes change
        if document is not converted:
            complete = add_security(_add_problem_schema(document))
            converted = app.openapi_schema = _convert_whole_floats(complete)
        return converted

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way


def operation_id(route: APIRoute) -> str:
    """Return the name of the route's function. Generated clients use it for the operation."""
    return route.name


def _add_problem_schema(document: Document) -> Document:
    _, problems = models_json_schema([(Problem, "validation")], ref_template=REF_TEMPLATE)
    components = document.get("components", {})
    schemas = dict(sorted({**components.get("schemas", {}), **problems["$defs"]}.items()))
    return {**document, "components": {**components, "schemas": schemas}}


def _convert_whole_floats(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _convert_whole_floats(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_convert_whole_floats(value) for value in node]
    if isinstance(node, float) and node.is_integer():
        return int(node)
    return node
