"""The JSON schemas of teams."""

from pydantic import BaseModel, Field
from pydantic.config import JsonDict

from entrypoints.http import BatchRequest, Etag, Int64, Partial, Text

FIRST: JsonDict = {"name": "Preventers", "headquarters": "Sharp Tower"}
SECOND: JsonDict = {"name": "Z-Force", "headquarters": "Sister Margaret's Bar"}


class TeamCreate(BaseModel, json_schema_extra={"examples": [FIRST, SECOND]}):
    """A new team."""

    name: Text
    headquarters: Text


class TeamUpdate(Partial):
    """New values for some fields of a team. Omitted fields do not change."""

    name: Text = ""
    headquarters: Text = Field(default="", examples=["Avengers Mansion"])


class TeamRead(Partial, json_schema_extra={"examples": [{**FIRST, "id": 1}, {**SECOND, "id": 2}]}):
    """A stored team."""

    name: str
    headquarters: str
    id: Int64
    etag: Etag = ""


TeamBatch = BatchRequest[TeamCreate, TeamUpdate]
