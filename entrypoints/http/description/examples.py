"""Examples in the OpenAPI document, where every tool finds them, and as the service sends them.

A model has its examples in its JSON schema. Most tools only send or return those beside the schema.
"""

from typing import Any

Document = dict[str, Any]

PATH = "{operation.path}"
"""Stands in an example for the path of the operation, with the examples of its parameters."""

SCOPE = "{operation.scope}"
"""Stands in an example for the scope that the operation needs."""

PARAMETER_IN, PARAMETER = "{parameter.in}", "{parameter.name}"
"""Stand in an example for the first parameter of the operation: where it is, and its name."""


def complete_examples(document: Document) -> Document:
    """Return the document with an example of every body, and without placeholders in examples."""
    return {
        **document,
        "paths": {
            path: {
                method: _complete_operation(path, operation, document)
                for method, operation in operations.items()
            }
            for path, operations in document.get("paths", {}).items()
        },
    }


def _find_example(schema: Any, document: Document) -> Any:
    """Return the example of a JSON schema: its own, or one made of those of its parts.

    Raises ``LookupError`` if there is none.
    """
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _find_example(document["components"]["schemas"][name], document)
    properties = schema.get("properties", {})
    if examples := schema.get("examples"):
        return _sort_members(examples[0], properties)
    if "items" in schema:
        return [_find_example(schema["items"], document)]
    members = {name: field for name, field in properties.items() if "examples" in field}
    if not members:
        raise LookupError("a schema without an example")
    return {name: field["examples"][0] for name, field in members.items()}


def _sort_members(example: Any, properties: Document) -> Any:
    """Return the example with its members in the order of the schema, not of the alphabet."""
    if not isinstance(example, dict):
        return example
    return {name: example[name] for name in properties if name in example} | example


def _complete_operation(path: str, operation: Document, document: Document) -> Document:
    values = _values(path, operation)
    responses = {
        status: _fill_examples(_add_examples(response, document), values)
        for status, response in sorted(operation.get("responses", {}).items())
    }
    if "requestBody" not in operation:
        return {**operation, "responses": responses}
    body = _add_examples(operation["requestBody"], document)
    return {**operation, "requestBody": body, "responses": responses}


def _values(path: str, operation: Document) -> dict[str, str]:
    """Return the values of the placeholders for one operation."""
    parameters = operation.get("parameters", [])
    for parameter in parameters:
        for example in list(parameter.get("examples", {}).values())[:1]:
            path = path.replace(f"{{{parameter['name']}}}", str(example.get("value")))
    scopes = [
        scope
        for requirement in operation.get("security", [])
        for names in requirement.values()
        for scope in names
    ]
    first = parameters[0] if parameters else {"in": "", "name": ""}
    return {
        PATH: path,
        SCOPE: " ".join(scopes),
        PARAMETER_IN: first["in"],
        PARAMETER: first["name"],
    }


def _add_examples(message: Document, document: Document) -> Document:
    """Return the request body or response with an example for each media type that has none."""
    if "content" not in message:
        return message
    content = {name: _add_example(media, document) for name, media in message["content"].items()}
    return {**message, "content": content}


def _add_example(media: Document, document: Document) -> Document:
    if "example" in media or "examples" in media or "schema" not in media:
        return media
    try:
        return {**media, "example": _find_example(media["schema"], document)}
    except (LookupError, RecursionError):  # a schema may contain itself
        return media


def _fill_examples(node: Any, values: dict[str, str]) -> Any:
    """Return the node with the values in the place of the placeholders in its examples."""
    if not isinstance(node, dict):
        return node
    return {
        name: _fill(part, values) if name == "example" else _fill_examples(part, values)
        for name, part in node.items()
    }


def _fill(node: Any, values: dict[str, str]) -> Any:
    """Return the node with the values in the place of the placeholders."""
    if isinstance(node, dict):
        return {key: _fill(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [_fill(value, values) for value in node]
    if isinstance(node, str):
        for placeholder, value in values.items():
            node = node.replace(placeholder, value)
    return node
