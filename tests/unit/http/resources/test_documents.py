"""The OpenAPI document of a resource that is not of the service."""

from typing import Any, Generic, TypeVar

import pytest
from fastapi import FastAPI
from openapi_spec_validator import validate
from pydantic import BaseModel

from entrypoints.http import BatchRequest
from entrypoints.http.description.schema_names import rename_generic_schemas
from tests.fakes.database import FakeDatabase
from tests.support.described import objects
from tests.unit.http.resources.lighthouses import Lighthouses, LighthouseUpdate, build_app, resource

JSON = "application/json"
T = TypeVar("T")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return build_app(FakeDatabase(), Lighthouses()).openapi()


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    validate(document)


@pytest.mark.parametrize(
    ("path", "method", "statuses"),
    [
        ("", "post", {"200", "409", "415"}),
        ("", "get", {"200"}),
        ("{lighthouse_id}", "get", {"200", "304", "404", "412"}),
        ("{lighthouse_id}", "patch", {"200", "404", "409", "412", "415"}),
        ("{lighthouse_id}/keeper", "post", {"200", "404", "409", "415"}),
        ("{lighthouse_id}", "delete", {"200", "404", "409", "412"}),
        ("batch", "post", {"200", "404", "409", "412", "415"}),
    ],
)
def test_each_operation_documents_its_statuses(
    document: dict[str, Any], path: str, method: str, statuses: set[str]
) -> None:
    of_every_route = {
        *(
            "400",
            "401",
            "403",
            "413",
            "414",
            "421",
            "422",
            "429",
            "431",
            "500",
            "501",
            "503",
            "505",
        ),
    }

    responses = document["paths"][f"/lighthouses/{path}"][method]["responses"]
    assert statuses | of_every_route == set(responses)


def test_the_error_of_a_missing_entity_names_its_kind(document: dict[str, Any]) -> None:
    missing = document["paths"]["/lighthouses/{lighthouse_id}"]["get"]["responses"]["404"]

    assert {"detail": "Lighthouse not found"} == missing["content"][JSON]["example"]


def test_schemas_of_batches_have_the_names_of_their_models(document: dict[str, Any]) -> None:
    names = set(document["components"]["schemas"])
    references = {each["$ref"].rpartition("/")[2] for each in objects(document) if "$ref" in each}

    assert names >= references
    assert names >= {"LighthouseBatch", "LighthouseBatchUpdate", "LighthouseBatchDone"}
    assert not [name for name in names if name.endswith("_")]


def test_examples_of_batches_are_made_of_those_of_their_models(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    stored = {"height": 9, "keeper": "A", "id": 1}

    assert [
        {"create": [{"keeper": "A", "height": 9}]},
        {"update": [{"id": 1, "changes": {"keeper": "B"}}], "delete": [{"id": 2}]},
    ] == schemas["LighthouseBatch"]["examples"]
    assert [
        {"created": [stored], "updated": [], "deleted": []},
        {"created": [], "updated": [{**stored, "keeper": "B"}], "deleted": [2]},
    ] == schemas["LighthouseBatchDone"]["examples"]


def test_a_model_without_examples_has_a_batch_without_them() -> None:
    class Bare(BaseModel):
        name: str

    schema = BatchRequest[Bare, LighthouseUpdate].model_json_schema()

    assert ["delete", "update"] == sorted(schema["examples"][0])


def test_members_that_may_be_missing_have_no_defaults(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    partial = [schemas["LighthouseUpdate"], schemas["LighthouseRead"]]

    assert not [
        field for each in partial for field in each["properties"].values() if "default" in field
    ]
    assert ["height", "keeper", "id"] == schemas["LighthouseRead"]["required"]
    assert "required" not in schemas["LighthouseUpdate"]


@pytest.mark.parametrize("path", ["", "batch"])
def test_the_parameter_include_has_the_members_of_the_resource(
    document: dict[str, Any], path: str
) -> None:
    operation = document["paths"][f"/lighthouses/{path}"]["post" if path else "get"]
    (include,) = [each for each in operation["parameters"] if each["name"] == "include"]

    assert "^(etag|harbour)(,(etag|harbour))*$" == include["schema"]["pattern"]
    assert include["description"].endswith(" `harbour` is the nearest harbour.")


def test_another_generic_schema_keeps_its_name() -> None:
    class Box(BaseModel, Generic[T]):
        content: T

    app = FastAPI()

    @app.get("/")
    async def route() -> Box[int]:
        return Box(content=1)

    assert app.openapi() == rename_generic_schemas(app.openapi())
    assert ["Box_int_"] == list(app.openapi()["components"]["schemas"])


def test_the_options_of_a_route_are_those_of_the_resource() -> None:
    assert resource.creation["response_model"] is resource.read
