"""The OpenAPI document describes the API."""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import httpx2
import jsonschema_rs
import pytest

from domain.rules import INT64_MAX, text
from entrypoints.api.app import build_app
from entrypoints.http.field_types import STORABLE_TEXT
from tests import openapi_document
from tests.fakes.database import FakeDatabase
from tests.support.described import objects

PATTERN = re.compile(STORABLE_TEXT)
JSON = "application/json"
PROBLEM = "application/problem+json"
IN_BOTH = {"400", "404", "422"}
"""The error statuses for which the tutorial has a body. A 400 has it if the request has one."""

OF_EVERY_PATH = {"400", "413", "414", "421", "429", "431", "500", "501", "503", "505"}

OF_EVERY_ROUTE = OF_EVERY_PATH | {"401", "403", "422"}

OF_ONE_HERO = {"200", "404", "412"}

OF_A_BODY = {"200", "409", "415"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi_document.document()


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def batches(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the operations that apply batches. What they fail for may be one of several."""
    return [item["post"] for path, item in document["paths"].items() if path.endswith("/batch")]


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
        ("/heroes/", "get", {"200"}),
        ("/heroes/", "post", OF_A_BODY),
        ("/heroes/batch", "post", OF_ONE_HERO | OF_A_BODY),
        ("/heroes/{hero_id}", "get", OF_ONE_HERO | {"304"}),
        ("/heroes/{hero_id}", "patch", OF_ONE_HERO | OF_A_BODY),
        ("/heroes/{hero_id}", "delete", OF_ONE_HERO | {"409"}),
    ],
)
def test_every_route_documents_every_status_it_can_return(
    document: dict[str, Any], path: str, method: str, statuses: set[str]
) -> None:
    documented = document["paths"][path][method]["responses"]

    assert sorted(statuses | OF_EVERY_ROUTE) == list(documented)


def test_head_is_documented_as_get_without_bodies(document: dict[str, Any]) -> None:
    with_get = [item for item in document["paths"].values() if "get" in item]

    assert with_get
    for item in with_get:
        get, head = item["get"], item["head"]
        assert get["parameters"] == head["parameters"]
        assert get["security"] == head["security"]
        assert set(get["responses"]) == set(head["responses"])
        assert not any("content" in response for response in head["responses"].values())


def test_options_is_documented_without_a_credential(document: dict[str, Any]) -> None:
    for item in document["paths"].values():
        assert [] == item["options"]["security"]
        assert {"204"} | OF_EVERY_PATH == set(item["options"]["responses"])


def test_what_tools_ask_of_a_document_is_there(document: dict[str, Any]) -> None:
    assert [{"name": "MIT", "identifier": "MIT"}] == [document["info"]["license"]]
    assert document["info"]["contact"]["name"]
    assert ["/"] == [server["url"] for server in document["servers"]]
    described = {tag["name"] for tag in document["tags"] if tag["description"]}
    assert described == {tag for operation in operations(document) for tag in operation["tags"]}


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
    without = batches(document) if status == "412" else []  # several entities, several tags
    responses = [
        one["responses"][status]
        for one in operations(document)
        if status in one["responses"] and one not in without
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
        tutorials = IN_BOTH - ({"404"} if operation in batches(document) else set())
        tutorials -= set() if "requestBody" in operation else {"400"}
        for status, response in operation["responses"].items():
            if status >= "400" and not operation["operationId"].endswith("_head"):
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
            without = [
                name for name, field in schema["properties"].items() if "examples" not in field
            ]
            assert not without, f"{schema['title']}: neither it nor its fields have an example"
            yield {name: field["examples"][0] for name, field in schema["properties"].items()}


async def test_options_returns_the_documented_methods(document: dict[str, Any]) -> None:
    transport = httpx2.ASGITransport(build_app(FakeDatabase()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        for path, methods in document["paths"].items():
            response = await client.options(re.sub(r"\{\w+\}", "1", path))

            allow = methods["options"]["responses"]["204"]["headers"]["Allow"]["example"]
            assert allow == response.headers["allow"]
            assert {method.upper() for method in methods} == set(allow.split(", "))


def test_every_integer_but_positions_and_statuses_has_64_bits(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    excepted = [
        schemas["ValidationError"]["properties"]["loc"]["items"]["anyOf"][1],
        schemas["Problem"]["properties"]["status"],
        *(node["Retry-After"]["schema"] for node in objects(document) if "Retry-After" in node),
    ]
    integers = [node for node in objects(document) if node.get("type") == "integer"]
    others = [node for node in integers if not any(node is each for each in excepted)]

    assert len(others) > 10
    assert all(node["format"] == "int64" and node["maximum"] <= INT64_MAX for node in others)
    assert not any("exclusiveMaximum" in node for node in objects(document))


def test_every_list_but_a_path_has_at_most_100_items(document: dict[str, Any]) -> None:
    loc = document["components"]["schemas"]["ValidationError"]["properties"]["loc"]
    lists = [node for node in objects(document) if node.get("type") == "array" and node is not loc]

    assert len(lists) > 5
    assert all(100 == node["maxItems"] for node in lists)


def test_a_patch_is_documented_as_a_json_merge_patch_too(document: dict[str, Any]) -> None:
    content = document["paths"]["/heroes/{hero_id}"]["patch"]["requestBody"]["content"]

    assert [JSON, "application/merge-patch+json"] == list(content)
    assert content[JSON] == content["application/merge-patch+json"]


def test_post_documents_the_idempotency_key_and_replayed_responses(
    document: dict[str, Any],
) -> None:
    operation = document["paths"]["/heroes/"]["post"]
    (key,) = (each for each in operation["parameters"] if each["name"] == "Idempotency-Key")

    assert ("header", False) == (key["in"], key.get("required", False))
    (example,) = re.findall("`(.*)`", key["description"])
    assert re.search(key["schema"]["pattern"], example)
    assert "Idempotency-Replayed" in operation["responses"]["200"]["headers"]
    assert "application/problem+json" in operation["responses"]["409"]["content"]


def test_an_update_has_no_required_fields_and_no_defaults(document: dict[str, Any]) -> None:
    update = document["components"]["schemas"]["HeroUpdate"]

    assert "required" not in update
    assert not any("default" in field for field in update["properties"].values())


def test_what_a_client_may_omit_has_no_default_that_a_generated_client_would_send(
    document: dict[str, Any],
) -> None:
    batch = document["components"]["schemas"]["HeroBatch"]["properties"]
    parameters = document["paths"]["/heroes/"]["get"]["parameters"]
    [offset] = [one["schema"] for one in parameters if one["name"] == "offset"]

    assert {"create", "update", "delete"} == set(batch)
    assert not any("default" in schema for schema in [offset, *batch.values()])


def test_the_pattern_and_the_rule_refuse_the_same_characters() -> None:
    every_one = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
    refused = {one for one in every_one if one.isspace()} | {"\0"}

    assert refused == {one for one in every_one if not PATTERN.search(one)}
    assert all(text("name", one) for one in refused)
