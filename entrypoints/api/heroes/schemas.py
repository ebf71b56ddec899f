"""The JSON schemas of heroes.

Pydantic checks types, the domain checks rules. Both report errors in the same format.
"""

from pydantic import BaseModel, Field
from pydantic.config import JsonDict

from entrypoints.http import BatchRequest, Count, Etag, Int64, Partial, Text

DEADPOND: JsonDict = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 28}
RUSTY_MAN: JsonDict = {"name": "Rusty-Man", "secret_name": "Tommy Sharp", "age": 48}
STORED: JsonDict = {"examples": [{**DEADPOND, "id": 1}, {**RUSTY_MAN, "id": 2}]}


class HeroCreate(BaseModel, json_schema_extra={"examples": [DEADPOND, RUSTY_MAN]}):
    """A new hero."""

    name: Text
    secret_name: Text
    age: Count | None = None


class HeroUpdate(Partial):
    """New values for some fields of a hero. Omitted fields do not change."""

    # The defaults are never used: omitted fields are excluded, and null is not a valid string.
    name: Text = ""
    secret_name: Text = ""
    age: Count | None = Field(default=None, examples=[29])


class HeroRead(Partial, json_schema_extra=STORED):
    """A stored hero."""

    name: str
    secret_name: str
    age: Int64 | None
    id: Int64
    etag: Etag = ""


HeroBatch = BatchRequest[HeroCreate, HeroUpdate]
