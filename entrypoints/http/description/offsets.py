"""The parameter ``offset`` of lists in the OpenAPI document."""

from typing import Any

Document = dict[str, Any]


def remove_default_offsets(document: Document) -> Document:
    """Return the document without the default of each ``offset`` beside a ``cursor``.

    A request with an ``offset``, even 0, is paged by offset. Some generated clients send the
    default of a parameter with every request, and so could never page by cursor.
    """
    paths = document.get("paths", {})
    return {**document, "paths": {path: _convert_path(item) for path, item in paths.items()}}


def _convert_path(operations: Document) -> Document:
    return {method: _convert(operation) for method, operation in operations.items()}


def _convert(operation: Document) -> Document:
    parameters = operation.get("parameters", [])
    if "cursor" not in {each.get("name") for each in parameters}:
        return operation
    return {**operation, "parameters": [_without_default(each) for each in parameters]}


def _without_default(parameter: Document) -> Document:
    if parameter.get("name") != "offset":
        return parameter
    schema = {name: value for name, value in parameter["schema"].items() if name != "default"}
    return {**parameter, "schema": schema}
