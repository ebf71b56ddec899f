"""The methods that are supported without a route, in the OpenAPI document: HEAD and OPTIONS."""

import re
from http import HTTPStatus
from typing import Any

from entrypoints.http.description.error_bodies import MALFORMED
from entrypoints.http.routing import sort_methods

Document = dict[str, Any]

MALFORMED_STATUS = str(int(HTTPStatus.BAD_REQUEST))

OF_OPTIONS = {MALFORMED_STATUS, "413", "414", "421", "429", "431", "500", "501", "503", "505"}
"""The statuses of OPTIONS that are those of the other methods of the path."""


def add_methods(document: Document) -> Document:
    """Return the document with an operation HEAD beside each GET, and OPTIONS for each path."""
    paths = document.get("paths", {})
    return {**document, "paths": {path: _complete(path, item) for path, item in paths.items()}}


def _complete(path: str, operations: Document) -> Document:
    complete = dict(operations)
    if "get" in operations:
        complete.setdefault("head", _head(operations["get"]))
    complete.setdefault("options", _options(path, operations))
    return complete


def _head(get: Document) -> Document:
    """Return the operation that responds as GET does, without a body."""
    responses = {
        status: {name: part for name, part in response.items() if name != "content"}
        for status, response in get.get("responses", {}).items()
    }
    return {
        **get,
        "summary": f"{get.get('summary', '')} (HEAD)",
        "description": "Return the status and the headers of the response to GET, without a body.",
        "operationId": f"{get['operationId']}_head",
        "responses": responses,
    }


def _options(path: str, operations: Document) -> Document:
    operation = next(iter(operations.values()))
    allowed = ", ".join(sort_methods({method.upper() for method in operations}))
    name = re.sub(r"\W+", "_", path).strip("_")
    parameters = [
        _unparsed(each) for each in operation.get("parameters", []) if each["in"] == "path"
    ]
    responses = {
        status: MALFORMED if status == MALFORMED_STATUS else response
        for status, response in operation.get("responses", {}).items()
        if status in OF_OPTIONS
    }
    return {
        **({"tags": operation["tags"]} if "tags" in operation else {}),
        "summary": f"Options of {path}",
        "description": "Return the supported methods.",
        "operationId": f"{name}_options",
        **({"parameters": parameters} if parameters else {}),
        "responses": {str(int(HTTPStatus.NO_CONTENT)): _allow(allowed), **responses},
    }


def _unparsed(parameter: Document) -> Document:
    """Return the path parameter as OPTIONS reads it, which is as any text."""
    examples = {
        name: {**example, "value": str(example["value"])}
        for name, example in parameter.get("examples", {}).items()
        if "value" in example
    }
    return {
        **parameter,
        "schema": {"type": "string"},
        **({"examples": examples} if examples else {}),
    }


def _allow(methods: str) -> Document:
    return {
        "description": "The supported methods are in `Allow`.",
        "headers": {
            "Allow": {
                "description": "The supported methods (RFC 9110).",
                "required": True,
                "schema": {"type": "string"},
                "example": methods,
            }
        },
    }
