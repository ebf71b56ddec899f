"""What the OpenAPI document can not express about a request.

A request that is valid by the document may still be refused: its idempotency key was used before,
its batch has an id twice, or its cursor belongs to no list. These functions correct such requests.
"""

import re
from functools import cache
from typing import Any
from uuid import uuid4

import jsonschema_rs
import schemathesis

from entrypoints.http.batch import MAX_OPERATIONS
from entrypoints.http.idempotency import KEY_MAX
from tests import openapi_document

Case = schemathesis.Case[Any]

DOCUMENT = openapi_document.document()
KEY = "Idempotency-Key"
NUMERIC_STRING = {"type": "string", "pattern": r"^\s*\+?[0-9_]+(\.0*)?\s*$"}
BOOLEAN = {"type": "boolean"}


def is_valid(case: Case) -> bool:
    """Return whether the request is valid by the document."""
    return case.meta is not None and case.meta.generation.mode.is_positive


def correct_key(case: Case) -> None:
    """Replace the idempotency key by one of the same form that was not used before."""
    if not case.headers or KEY not in case.headers:
        return
    key = str(case.headers[KEY])
    mark = '"' if key.startswith('"') else ""
    new = uuid4().hex
    content = key.removeprefix(mark).removesuffix(mark)
    rest = content if len(new + content) <= KEY_MAX else "k" * (KEY_MAX - len(new))
    case.headers[KEY] = f"{mark}{new}{rest}{mark}"


def correct_batch(case: Case) -> None:
    """Remove operations on an id that has one before, and those beyond the maximum number.

    A batch that has no operation gets one.
    """
    if not case.path.endswith("/batch") or not isinstance(case.body, dict):
        return
    seen: set[int] = set()
    left = MAX_OPERATIONS
    corrected: dict[str, Any] = dict(case.body)
    for name in [name for name in ("create", "update", "delete") if name in corrected]:
        operations = [each for each in corrected[name] if _is_first(each, seen)][:left]
        corrected[name] = operations
        left -= len(operations)
    if left == MAX_OPERATIONS:
        content = DOCUMENT["paths"][case.path]["post"]["requestBody"]["content"]
        corrected["create"] = content["application/json"]["example"]["create"][:1]
    case.body = corrected


def correct_cursor(case: Case, url: str) -> None:
    """Replace the cursor by one of the list, or remove it if no page of the list is full."""
    if not case.query or "cursor" not in case.query:
        return
    others = {name: value for name, value in case.query.items() if name not in {"cursor", "offset"}}
    case.query = others | {"limit": 1}
    links = case.call(base_url=url).headers.get("link", [""])
    found = re.search("[?&]cursor=([^&>]+)", links[0])
    case.query = others | ({"cursor": found[1]} if found else {})


def is_invalid_only_by_lenient_integers(case: Case) -> bool:
    """Return whether a body would be valid if "12" and false were integers, and only then.

    The tutorial parses them as integers, and so does the service. The document does not say so:
    clients should not rely on it, and generated clients would accept an age of any type.
    """
    method, media_type = case.method.lower(), case.media_type
    if method not in DOCUMENT["paths"][case.path] or not isinstance(case.body, dict):
        return False
    strict, lenient = _validators(case.path, method, media_type)
    return lenient.is_valid(case.body) and not strict.is_valid(case.body)


@cache
def _validators(path: str, method: str, media_type: str | None) -> Any:
    """Return the validators of a body by the document, and with integers of all accepted forms."""
    content = DOCUMENT["paths"][path][method]["requestBody"]["content"]
    schema = content[media_type]["schema"] | {"components": DOCUMENT["components"]}
    return jsonschema_rs.validator_for(schema), jsonschema_rs.validator_for(_lenient(schema))


def _lenient(node: Any) -> Any:
    """Return the schema with integers in all forms that the tutorial accepts."""
    if isinstance(node, list):
        return [_lenient(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "integer":
        return {"anyOf": [node, NUMERIC_STRING, BOOLEAN]}
    return {name: _lenient(inner) for name, inner in node.items()}


def _is_first(operation: Any, seen: set[int]) -> bool:
    """Return whether no earlier operation has the id of this one, which is then seen."""
    if "id" not in operation:
        return True
    is_first = operation["id"] not in seen
    seen.add(operation["id"])
    return is_first
