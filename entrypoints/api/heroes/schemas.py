"""The JSON of heroes. Types are checked here, rules in the domain; both answer alike."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from domain.hero import Hero
from entrypoints.http import BatchDone, BatchRequest, BatchUpdate, Count, Text, without_defaults

DEADPOND: JsonDict = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 28}


class HeroCreate(BaseModel):
    """A hero to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [DEADPOND]})

    name: Text
    secret_name: Text
    age: Count | None = None


class HeroUpdate(BaseModel):
    """New values for some of a hero's fields; a field that is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra=without_defaults)

    # The defaults are never seen: what is left out is not changed, and null is no text.
    name: Text = Field(default="", examples=["Deadpond"])
    secret_name: Text = Field(default="", examples=["Dive Wilson"])
    age: Count | None = Field(default=None, examples=[29])


class HeroRead(BaseModel):
    """A hero as it is kept. Describes the answer; stored heroes are not validated again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**DEADPOND, "id": 1}]})

    name: str
    secret_name: str
    age: int | None
    id: int


class Deleted(BaseModel):
    """The answer to a delete."""

    ok: bool = Field(examples=[True])


class HeroBatchUpdate(BatchUpdate[HeroUpdate]):
    """A hero that is to be changed; with an ``etag``, only if that is its entity tag."""


class HeroBatch(BatchRequest[HeroCreate, HeroBatchUpdate]):
    """Heroes to be made, changed and deleted: all of it or nothing, at most 100 in all."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "create": [DEADPOND],
                    "update": [{"id": 1, "etag": '"1"', "changes": {"age": 29}}],
                    "delete": [{"id": 2}],
                }
            ]
        }
    )


class HeroBatchDone(BatchDone[HeroRead]):
    """The heroes that were made and changed, and the ids of those deleted, in the order given."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "created": [{**DEADPOND, "id": 3}],
                    "updated": [{**DEADPOND, "age": 29, "id": 1}],
                    "deleted": [2],
                }
            ]
        }
    )


def hero_json(hero: Hero) -> dict[str, Any]:
    """Return what ``HeroRead`` describes, its members in that order."""
    return {
        "name": hero.name,
        "secret_name": hero.secret_name,
        "age": hero.age,
        "id": hero.id,
    }
