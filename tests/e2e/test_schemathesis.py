"""Whatever the OpenAPI document allows or forbids, the server answers as the document says."""

from typing import Any

import jsonschema_rs
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    unsupported_method,
)

from tests import openapi_document
from tests.support.served import Served

DOCUMENT = openapi_document.document()
KEY_REUSED = "idempotency_key_reused"
CURSOR_REFUSED = '"loc":["query","cursor"]'
PROBLEM = "application/problem+json"
WRITTEN_NUMBER = {"type": "string", "pattern": r"^\s*\+?[0-9_]+(\.0*)?\s*$"}
TRUTH_VALUE = {"type": "boolean"}

OF_BATCHES: list[CheckFunction] = [
    unsupported_method,
    allow_header_conformance,
    positive_data_acceptance,
]
"""To the methods of one hero, the batch's path is an id that is no number: 422, not 405. And no
document can say that a batch names an id once."""


def lenient(node: Any) -> Any:
    """Return the document with all that the tutorial reads as an integer where one is due."""
    if isinstance(node, list):
        return [lenient(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "integer":
        return {"anyOf": [node, WRITTEN_NUMBER, TRUTH_VALUE]}
    return {name: lenient(inner) for name, inner in node.items()}


LENIENT = lenient(DOCUMENT)

api = schemathesis.openapi.from_dict(DOCUMENT)
accepted = api.config.checks.positive_data_acceptance
accepted.expected_statuses = [*accepted.expected_statuses, "412"]  # no document can say which tag


@api.parametrize()
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_operation_keeps_the_document(case: schemathesis.Case[Any], server: Served) -> None:
    excluded = list(OF_BATCHES) if case.path.endswith("/batch") else []
    if breaks_only_what_the_tutorial_reads(case):
        excluded.append(negative_data_rejection)

    response = case.call(base_url=server.url)
    if KEY_REUSED in response.text:
        excluded.append(positive_data_acceptance)  # no document can say which keys are taken
    if CURSOR_REFUSED in response.text:
        excluded.append(positive_data_acceptance)  # nor which cursors are a list's

    case.validate_response(response, excluded_checks=excluded)
    if response.status_code >= 400:
        problem = {"accept": PROBLEM}
        case.call_and_validate(base_url=server.url, headers=problem, excluded_checks=excluded)


def breaks_only_what_the_tutorial_reads(case: schemathesis.Case[Any]) -> bool:
    """Return whether a body would keep the document if "12" and false were integers.

    The tutorial reads them as such, so the service does. The document does not say so: nobody is to
    start to rely on it, and generated clients would offer an age of any type. Such a body may be
    accepted; any other that breaks the document may not.
    """
    operation = LENIENT["paths"][case.path].get(case.method.lower(), {})
    media = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if media is None or not isinstance(case.body, dict):
        return False
    schema = media["schema"] | {"components": LENIENT["components"]}
    return jsonschema_rs.is_valid(schema, case.body)
