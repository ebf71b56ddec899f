"""The OpenAPI document, as FastAPI makes it but for its numbers, its problems and its names."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.constants import REF_TEMPLATE
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema

from entrypoints.http.problems import Problem

DESCRIPTION = """\
What is refused is answered in `application/json`, or as a problem (RFC 9457) to a client whose
`Accept` prefers `application/problem+json`. What has no other media type below is always a problem.

`HEAD` is answered wherever `GET` is, and `OPTIONS` everywhere, with `Allow`. Any other method is
refused with 405 and `Allow`.
"""


class DocumentedApi(FastAPI):
    """An application whose document has the problem's schema, and writes whole numbers as such.

    FastAPI puts no schema under two media types. It reads bounds as floats; 2**63 would be written
    9.223372036854776e+18, which read as a decimal is another number.
    """

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        _, problems = models_json_schema([(Problem, "validation")], ref_template=REF_TEMPLATE)
        schemas = document["components"]["schemas"] | problems["$defs"]
        document["components"]["schemas"] = dict(sorted(schemas.items()))
        self.openapi_schema = _with_whole_numbers(document)
        return self.openapi_schema


def operation_id(route: APIRoute) -> str:
    """Return the name of the route's function: what a generated client calls the operation too."""
    return route.name


def _with_whole_numbers(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _with_whole_numbers(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_with_whole_numbers(value) for value in node]
    if isinstance(node, float) and node.is_integer():
        return int(node)
    return node
