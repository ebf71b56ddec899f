"""The examples of the OpenAPI document have the nulls that their models have."""

from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import BaseModel, Field
from pydantic.config import JsonDict

from entrypoints.http.openapi import complete_document

LONE: JsonDict = {"id": 1, "harbour": None}


class Ship(BaseModel, json_schema_extra={"examples": [LONE]}):
    id: int
    harbour: str | None
    captain: str | None = None


class Fleet(BaseModel, json_schema_extra={"examples": [{"ships": [LONE], "size": 1}]}):
    ships: list[Ship]
    size: int = Field(examples=[1])


@pytest.fixture
def document() -> dict[str, Any]:
    app = FastAPI()

    @app.get("/ship", response_model=Ship)
    def read_ship() -> None: ...

    @app.get("/fleet", response_model=Fleet)
    def read_fleet() -> None: ...

    complete_document(app, lambda document: document)
    return app.openapi()


@pytest.mark.parametrize(
    ("path", "example"), [("ship", LONE), ("fleet", {"ships": [LONE], "size": 1})]
)
def test_an_example_has_its_nulls(document: dict[str, Any], path: str, example: object) -> None:
    media = document["paths"][f"/{path}"]["get"]["responses"]["200"]["content"]["application/json"]

    assert example == media["example"]
    assert [example] == document["components"]["schemas"][path.title()]["examples"]
