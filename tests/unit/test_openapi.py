"""The OpenAPI document says what the API does."""

import re
import sys
from typing import Any

import pytest

from domain.rules import text
from entrypoints.api.app import build_app
from entrypoints.api.fields import STORABLE_TEXT
from tests.fakes import FakeDatabase

PATTERN = re.compile(STORABLE_TEXT)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return build_app(FakeDatabase()).openapi()


@pytest.mark.parametrize(
    ("path", "method", "statuses"),
    [
        ("/heroes/", "get", {"200", "413", "422", "503"}),
        ("/heroes/", "post", {"200", "400", "409", "413", "422", "503"}),
        ("/heroes/{hero_id}", "get", {"200", "404", "413", "422", "503"}),
        ("/heroes/{hero_id}", "patch", {"200", "400", "404", "413", "422", "503"}),
        ("/heroes/{hero_id}", "delete", {"200", "404", "413", "422", "503"}),
    ],
)
def test_every_route_states_every_status_it_can_answer(
    document: dict[str, Any], path: str, method: str, statuses: set[str]
) -> None:
    assert statuses == set(document["paths"][path][method]["responses"])


def test_every_answer_and_every_body_has_an_example(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    bodies = [operation["requestBody"] for operation in operations if "requestBody" in operation]
    answers = [answer for operation in operations for answer in operation["responses"].values()]

    without = [
        media
        for message in (*bodies, *answers)
        for media in message["content"].values()
        if not _has_example(media, schemas)
    ]

    assert [] == without


def _has_example(media: dict[str, Any], schemas: dict[str, Any]) -> bool:
    schema = media["schema"]
    if "example" in media:
        return True
    if schema.get("type") == "array":
        schema = schema["items"]
    schema = schemas[schema["$ref"].rpartition("/")[2]]
    return "examples" in schema or all(
        "examples" in field or "$ref" in field.get("items", {})
        for field in schema["properties"].values()
    )


def test_a_post_may_have_a_key_and_its_answer_may_be_one_given_again(
    document: dict[str, Any],
) -> None:
    operation = document["paths"]["/heroes/"]["post"]
    (key,) = (each for each in operation["parameters"] if each["name"] == "Idempotency-Key")

    assert ("header", False) == (key["in"], key.get("required", False))
    assert (1, 255) == (key["schema"]["minLength"], key["schema"]["maxLength"])
    assert "Idempotency-Replayed" in operation["responses"]["200"]["headers"]
    assert "application/problem+json" in operation["responses"]["409"]["content"]


def test_an_update_requires_nothing_and_names_no_default(document: dict[str, Any]) -> None:
    update = document["components"]["schemas"]["HeroUpdate"]

    assert "required" not in update
    assert not any("default" in field for field in update["properties"].values())


def test_the_pattern_refuses_just_the_characters_that_the_rule_refuses_alone() -> None:
    every_one = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
    refused = {one for one in every_one if one.isspace()} | {"\0"}

    assert refused == {one for one in every_one if not PATTERN.search(one)}
    assert all(text("name", one) for one in refused)
