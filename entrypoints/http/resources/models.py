"""Parts of the JSON schemas of every aggregate."""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from entrypoints.http.field_types import Id, remove_defaults

Etag = Annotated[str, Field(description="The entity tag, in a response to `?include=etag` only.")]

MemberId = Annotated[
    Id, Path(description="The id of the entity.", openapi_examples={"first": {"value": 1}})
]
"""The id in the path of an entity."""


class Partial(BaseModel):
    """A JSON object that may lack members. In its schema they have no defaults."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        schema = handler(core_schema)
        remove_defaults(handler.resolve_ref_schema(schema))
        return schema


class Deleted(BaseModel):
    """The response to a deletion."""

    ok: bool = Field(examples=[True])
