"""The OpenAPI document describes the API."""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import httpx2
import jsonschema_rs
import pytest

from domain.rules import text
from entrypoints.api.app import build_app
from entrypoints.http.field_types import STORABLE_TEXT
from tests import openapi_document
from tests.fakes.database import FakeDatabase

PATTERN = re.compile(STORABLE_TEXT)
JSON = "application/json"
PROBLEM = "application/problem+json"
IN_BOTH = {"400", "404", "422"}
"""The error statuses of operations for which the tutorial has a body."""

OF_AUTHENTICATION = {"401", "403"}

EVERY_STATUS_OF_A_BODY = {"200", "400", "404", "409", "412", "413", "415", "422", "429", "503"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi_document.document()


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def objects(document: Any) -> Iterator[dict[str, Any]]:
    """Yield each object of the document, depth first."""
    if isinstance(document, dict):
        yield document
    if isinstance(document, dict | list):
        for inner in document.values() if isinstance(document, dict) else document:
            yield from objects(inner)


def test_the_committed_document_is_the_generated_one(document: dict[str, Any]) -> None:
    committed = json.loads(openapi_document.COMMITTED.read_text())

    assert document == committed, "the API has changed: run `make openapi`, and commit docs/"


def test_operation_ids_are_method_names_for_clients(document: dict[str, Any]) -> None:
    of_one = {"create_hero", "read_hero", "update_hero", "delete_hero"}

    assert of_one | {"read_heroes", "apply_batch"} <= {
        operation["operationId"] for operation in operations(document)
    }


@pytest.mark.parametrize(
    ("path", "method", "statuses"),
    [
        ("/heroes/", "get", {"200", "413", "422", "429", "503"}),
        ("/heroes/", "post", {"200", "400", "409", "413", "415", "422", "429", "503"}),
        ("/heroes/batch", "post", EVERY_STATUS_OF_A_BODY),
        ("/heroes/{hero_id}", "get", {"200", "304", "404", "412", "413", "422", "429", "503"}),
        ("/heroes/{hero_id}", "patch", EVERY_STATUS_OF_A_BODY),
        ("/heroes/{hero_id}", "delete", {"200", "404", "409", "412", "413", "422", "429", "503"}),
    ],
)
def test_every_route_documents_every_status_it_can_return(
    document: dict[str, Any], path: str, method: str, statuses: set[str]
) -> None:
    assert statuses | OF_AUTHENTICATION == set(document["paths"][path][method]["responses"])


@pytest.mark.parametrize(
    ("status", "header"),
    [
        ("412", "ETag"),
        ("415", "Accept-Encoding"),
        ("429", "Retry-After"),
        ("503", "Retry-After"),
    ],
)
def test_every_error_documents_the_header_that_it_always_has(
    document: dict[str, Any], status: str, header: str
) -> None:
    batch_412 = ("apply_batch", "412")  # several heroes, several tags
    responses = [
        one["responses"][status]
        for one in operations(document)
        if status in one["responses"] and (one["operationId"], status) != batch_412
    ]

    assert responses
    assert all(one["headers"][header]["required"] for one in responses)


def test_the_statuses_of_no_operation_are_in_the_description(document: dict[str, Any]) -> None:
    for status in ("307", "405"):
        assert f" {status}" in document["info"]["description"]


def test_errors_of_the_tutorial_have_two_media_types_and_other_errors_are_problems(
    document: dict[str, Any],
) -> None:
    for operation in operations(document):
        tutorials = IN_BOTH - ({"404"} if operation["operationId"] == "apply_batch" else set())
        for status, response in operation["responses"].items():
            if status >= "400":
                expected = [JSON, PROBLEM] if status in tutorials else [PROBLEM]
                assert expected == list(response["content"])
                assert (status in tutorials) == ("Vary" in response.get("headers", {}))


def test_every_problem_refers_to_the_one_schema(document: dict[str, Any]) -> None:
    reference = {"$ref": "#/components/schemas/Problem"}
    problems = [node[PROBLEM] for node in objects(document) if PROBLEM in node]

    assert problems
    assert all(reference == problem["schema"] for problem in problems)


def test_every_schema_is_referenced_and_every_reference_resolves(
    document: dict[str, Any],
) -> None:
    references = {node["$ref"] for node in objects(document) if "$ref" in node}

    assert references == {
        f"#/components/schemas/{name}" for name in document["components"]["schemas"]
    }


def test_every_request_body_and_response_has_valid_examples(document: dict[str, Any]) -> None:
    bodies = [operation.get("requestBody", {"content": {}}) for operation in operations(document)]
    responses = [response for one in operations(document) for response in one["responses"].values()]

    for message in (*bodies, *responses):
        for media in message.get("content", {}).values():
            examples = list(_examples(media, document))
            schema = media["schema"] | {"components": document["components"]}
            assert examples
            for example in examples:
                jsonschema_rs.validate(schema, example)


def _examples(media: dict[str, Any], document: dict[str, Any]) -> Iterator[Any]:
    """Yield the examples of a body: its own, its schema's, or one built from its fields'."""
    schema = media["schema"]
    if "example" in media:
        yield media["example"]
    elif schema.get("type") == "array":
        yield from ([one] for one in _examples({"schema": schema["items"]}, document))
    else:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        if "examples" in schema:
            yield from schema["examples"]
        else:
            yield {name: field["examples"][0] for name, field in schema["properties"].items()}


async def test_options_returns_the_documented_methods_plus_head_and_options(
    document: dict[str, Any],
) -> None:
    """HEAD and OPTIONS are not documented: they would only add methods to generated clients."""
    transport = httpx2.ASGITransport(build_app(FakeDatabase()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        for path, methods in document["paths"].items():
            response = await client.options(path.replace("{hero_id}", "1"))

            head = {"HEAD"} if "get" in methods else set()
            expected = {method.upper() for method in methods} | head | {"OPTIONS"}
            assert expected == set(response.headers["allow"].split(", "))


def test_post_documents_the_idempotency_key_and_replayed_responses(
    document: dict[str, Any],
) -> None:
    operation = document["paths"]["/heroes/"]["post"]
    (key,) = (each for each in operation["parameters"] if each["name"] == "Idempotency-Key")

    assert ("header", False) == (key["in"], key.get("required", False))
    assert re.search(key["schema"]["pattern"], key["example"])
    assert "Idempotency-Replayed" in operation["responses"]["200"]["headers"]
    assert "application/problem+json" in operation["responses"]["409"]["content"]


def test_an_update_has_no_required_fields_and_no_defaults(document: dict[str, Any]) -> None:
    update = document["components"]["schemas"]["HeroUpdate"]

    assert "required" not in update
    assert not any("default" in field for field in update["properties"].values())


def test_the_pattern_and_the_rule_refuse_the_same_characters() -> None:
    every_one = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
    refused = {one for one in every_one if one.isspace()} | {"\0"}

    assert refused == {one for one in every_one if not PATTERN.search(one)}
    assert all(text("name", one) for one in refused)
