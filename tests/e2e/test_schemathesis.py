"""The server conforms to the OpenAPI document, for valid and invalid requests."""

import json
from operator import itemgetter
from typing import Any

import httpx2
import schemathesis
from hypothesis import HealthCheck, settings

from tests import openapi_document
from tests.e2e.undescribed import (
    correct_batch,
    correct_cursor,
    correct_key,
    is_invalid_only_by_lenient_integers,
    is_valid,
)
from tests.support.described import (
    Described,
    described_requests,
    documented_examples,
    shape,
    without_numbers,
)
from tests.support.served import Served

DOCUMENT = openapi_document.document()
PROBLEM = "application/problem+json"

api = schemathesis.openapi.from_dict(DOCUMENT)
accepted = api.config.checks.positive_data_acceptance
accepted.expected_statuses = [
    *accepted.expected_statuses,
    "412",
]  # the document can not express which tag matches
rejected = api.config.checks.negative_data_rejection
rejected.expected_statuses = [*rejected.expected_statuses, "413"]  # whatever is in the body

METHODS = ("options", "post", "get", "head", "patch", "delete")
"""In an order in which the examples work: created, read, updated and at last deleted."""


def test_every_example_works_as_it_stands(client: httpx2.Client) -> None:
    """On an empty database: this is the module's first test."""
    for operation_id in operation_ids():
        for request in described_requests(DOCUMENT, operation_id):
            response = client.request(
                request.method,
                request.path,
                params=request.query,
                headers=request.headers,
                content=None if request.body is None else json.dumps(request.body),
            )
            assert response.is_success, (request, response.text)
            assert_as_documented(request, response)


def operation_ids() -> list[str]:
    """Return all operation ids, in the order of ``METHODS``."""
    operations = [
        (METHODS.index(method), operation["operationId"])
        for item in DOCUMENT["paths"].values()
        for method, operation in item.items()
    ]
    return [operation_id for _, operation_id in sorted(operations, key=itemgetter(0))]


def assert_as_documented(request: Described, response: httpx2.Response) -> None:
    """Compare the response with the examples of its body and of its headers."""
    documented = request.responses[str(response.status_code)]
    for name, header in documented.get("headers", {}).items():
        assert name in response.headers or not header.get("required")
        if name in response.headers:
            example = without_numbers(header["example"])
            assert example == without_numbers(response.headers[name]), (request, name)
    if content := documented.get("content"):
        examples = documented_examples(DOCUMENT, content[response.headers["content-type"]])
        assert shape(response.json()) in [shape(example) for example in examples], request
    else:
        assert response.content == b""


@api.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_operation_conforms_to_the_document(
    case: schemathesis.Case[Any], server: Served
) -> None:
    """With all checks. What the document can not express is corrected in valid requests."""
    if is_invalid_only_by_lenient_integers(case):
        return
    if is_valid(case):
        correct_key(case)
        correct_batch(case)
        correct_cursor(case, server.url)

    response = case.call_and_validate(base_url=server.url)

    if response.status_code >= 400:
        case.call_and_validate(base_url=server.url, headers={"accept": PROBLEM})
