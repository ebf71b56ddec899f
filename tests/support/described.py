"""The requests that a tool makes of the examples in the OpenAPI document."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]


@dataclass(frozen=True)
class Described:
    """A request, and the documented responses of its operation by status."""

    method: str
    path: str
    responses: Document = field(repr=False)
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None


def objects(document: Any) -> Iterator[dict[str, Any]]:
    """Yield each object of the document, depth first."""
    if isinstance(document, dict):
        yield document
    if isinstance(document, dict | list):
        for inner in document.values() if isinstance(document, dict) else document:
            yield from objects(inner)


def described_requests(document: Document, operation_id: str) -> list[Described]:
    """Return the requests of an operation, each once.

    The first ones have the parameters that are required or have a default, the others all that have
    an example or a default. There is one for each media type and example of a body.
    """
    (found,) = (
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if operation["operationId"] == operation_id
    )
    requests: list[Described] = []
    for only_required in (True, False):
        requests += [
            request
            for request in _requests(document, *found, only_required=only_required)
            if request not in requests
        ]
    return requests


def documented_examples(document: Document, media: Document) -> list[Any]:
    """Return the example of a body, and the further ones of its schema."""
    schema = resolve(document, media["schema"])
    return [media["example"], *schema.get("examples", [])[1:]]


def resolve(document: Document, schema: Document) -> Document:
    """Return the schema to which a reference refers."""
    if "$ref" not in schema:
        return schema
    found: Document = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def shape(value: Any) -> Any:
    """Return the names and types in a JSON value, without numbers and texts."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in value.items()}
    if isinstance(value, list):
        shapes = [shape(element) for element in value]
        return [each for index, each in enumerate(shapes) if each not in shapes[:index]]
    return type(value)


def without_numbers(text: str) -> str:
    """Return a header's value with each number replaced by 0."""
    return re.sub(r"[0-9]+", "0", text)


def _requests(
    document: Document, path: str, method: str, operation: Document, *, only_required: bool
) -> Iterator[Described]:
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    for parameter in operation.get("parameters", []):
        value = _value(parameter, only_required=only_required)
        if value is None:
            continue
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(value))
        else:
            {"query": query, "header": headers}[parameter["in"]][parameter["name"]] = str(value)
    described = Described(method.upper(), path, operation["responses"], query, headers)
    if "requestBody" not in operation:
        yield described
    for media_type, media in operation.get("requestBody", {"content": {}})["content"].items():
        for body in documented_examples(document, media):
            own = {**headers, "Content-Type": media_type}
            yield Described(described.method, path, operation["responses"], query, own, body)


def _value(parameter: Document, *, only_required: bool) -> Any:
    default = parameter["schema"].get("default")
    if only_required and not parameter.get("required"):
        return default
    for example in parameter.get("examples", {}).values():
        return example["value"]
    return parameter.get("example", default)
