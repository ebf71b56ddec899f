"""The JSON schemas of heroes.

Pydantic checks types, the domain checks rules. Both report errors in the same format.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from domain.hero import Hero
from entrypoints.http import (
    BatchDone,
    BatchRequest,
    BatchUpdate,
    Count,
    Int64,
    Text,
    remove_defaults,
)

DEADPOND: JsonDict = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 28}
RUSTY_MAN: JsonDict = {"name": "Rusty-Man", "secret_name": "Tommy Sharp", "age": 48}


def describe_hero(schema: JsonDict) -> None:
    """Add an example to the schema of a hero. A hero without ``etag`` has no default for it."""
    remove_defaults(schema)
    schema["examples"] = [{**DEADPOND, "id": 1}]


def describe_batch(schema: JsonDict) -> None:
    """Add examples to the schema of a batch. Each of its lists may be omitted.

    Some generators of clients require a list that has a default.
    """
    remove_defaults(schema)
    schema["minProperties"] = 1
    schema["examples"] = [
        {"create": [DEADPOND, RUSTY_MAN]},  # tools send it, whatever is stored
        {"update": [{"id": 1, "changes": {"age": 29}}], "delete": [{"id": 2}]},
    ]


class HeroCreate(BaseModel):
    """A new hero."""

    model_config = ConfigDict(json_schema_extra={"examples": [DEADPOND]})

    name: Text
    secret_name: Text
    age: Count | None = None


class HeroUpdate(BaseModel):
    """New values for some fields of a hero. Omitted fields do not change."""

    model_config = ConfigDict(json_schema_extra=remove_defaults)

    # The defaults are never used: omitted fields are excluded, and null is not a valid string.
    name: Text = Field(default="")
    secret_name: Text = Field(default="")
    age: Count | None = Field(default=None, examples=[29])


class HeroRead(BaseModel):
    """A stored hero."""

    model_config = ConfigDict(json_schema_extra=describe_hero)

    name: str
    secret_name: str
    age: Int64 | None
    id: Int64
    etag: str = Field(
        default="", description="The entity tag, in a response to `?include=etag` only."
    )


class HeroBatchUpdate(BatchUpdate[HeroUpdate]):
    """An update of a hero. With ``etag``, only if that is its entity tag."""


class HeroBatch(BatchRequest[HeroCreate, HeroBatchUpdate]):
    """Heroes to create, update and delete in one transaction, 1 to 100 in total."""

    model_config = ConfigDict(json_schema_extra=describe_batch)


class HeroBatchDone(BatchDone[HeroRead]):
    """The created and updated heroes and the ids of the deleted ones, in the order given."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "created": [{**DEADPOND, "id": 1}, {**RUSTY_MAN, "id": 2}],
                    "updated": [],
                    "deleted": [],
                },
                {"created": [], "updated": [{**DEADPOND, "age": 29, "id": 1}], "deleted": [2]},
            ]
        }
    )


def serialize_hero(hero: Hero) -> dict[str, Any]:
    """Return the JSON object that ``HeroRead`` describes, with the members in the same order.

    It is without ``etag``, which the routes add.

    ``HeroRead`` only documents the response: stored heroes are not validated again (record 10).
    """
    return {
        "name": hero.name,
        "secret_name": hero.secret_name,
        "age": hero.age,
        "id": hero.id,
    }
