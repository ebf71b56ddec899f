"""The JSON schemas of teams."""

from pydantic import BaseModel, Field
from pydantic.config import JsonDict

from entrypoints.http import BatchRequest, Etag, Int64, Partial, Text

PREVENTERS: JsonDict = {"name": "Preventers", "headquarters": "Sharp Tower"}


class TeamCreate(BaseModel, json_schema_extra={"examples": [PREVENTERS]}):
    """A new team."""

    name: Text
    headquarters: Text


class TeamUpdate(Partial):
    """New values for some fields of a team. Omitted fields do not change."""

    name: Text = ""
    headquarters: Text = Field(default="", examples=["Sister Margaret's Bar"])


class TeamRead(Partial, json_schema_extra={"examples": [{**PREVENTERS, "id": 1}]}):
    """A stored team."""

    name: str
    headquarters: str
    id: Int64
    etag: Etag = ""


TeamBatch = BatchRequest[TeamCreate, TeamUpdate]
