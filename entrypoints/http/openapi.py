"""Changes to FastAPI's OpenAPI document: problem details, integers and operation ids."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.constants import REF_TEMPLATE
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from domain.rules import INT64_MAX
from entrypoints.http.description.examples import complete_examples
from entrypoints.http.description.methods import add_methods
from entrypoints.http.description.nulls import restore_nulls
from entrypoints.http.description.offsets import remove_default_offsets
from entrypoints.http.description.schema_names import rename_generic_schemas
from entrypoints.http.problems import Problem

MERGE_PATCH = "application/merge-patch+json"

DESCRIPTION = """\
Errors are `application/json` by default, and problem details (RFC 9457) if `Accept` prefers
`application/problem+json`. Errors with no other media type below are always problem details.

A method that is not below is rejected with 405 and `Allow`, in either of the two media types. A
path with a slash too many or too few at its end is redirected with 307; `Location` is a path.

Integers have up to 64 bits. JavaScript's numbers are exact up to 2^53 only.
"""


Document = dict[str, Any]


def complete_document(app: FastAPI, add_security: Callable[[Document], Document]) -> None:
    """Add to the OpenAPI document what FastAPI does not generate, and convert its whole floats.

    FastAPI adds a response model to one media type only. It stores bounds as floats, in which
    2**63 - 1 becomes 2**63. ``add_security`` returns a document with the requirements of
    authentication.
    """
    make_document = app.openapi
    converted: Document = {}

    def openapi() -> Document:
        nonlocal converted
        document = make_document()  # the one in app.openapi_schema, until the routes change
        if document is not converted:
            named = restore_nulls(_add_problem_schema(rename_generic_schemas(document)))
            complete = add_security(add_methods(remove_default_offsets(named)))
            converted = app.openapi_schema = _convert_whole_floats(complete_examples(complete))
        return converted

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way


def merge_patch(model: type[BaseModel]) -> Document:
    """Return the ``openapi_extra`` of a PATCH: a JSON Merge Patch (RFC 7396) is accepted, too."""
    schema = {"$ref": REF_TEMPLATE.format(model=model.__name__)}
    return {"requestBody": {"content": {MERGE_PATCH: {"schema": schema}}}}


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
        converted = {key: _convert_whole_floats(value) for key, value in node.items()}
        is_rounded = converted.get("maximum") == INT64_MAX + 1
        return converted | ({"maximum": INT64_MAX} if is_rounded else {})
    if isinstance(node, list):
        return [_convert_whole_floats(value) for value in node]
    if isinstance(node, float) and node.is_integer():
        return int(node)
    return node
