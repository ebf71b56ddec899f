"""The team: entity, draft, changes, and what a query may filter and sort by."""

from typing import Annotated

from domain.drafts import Changes, draft
from domain.entity import Entity, entity
from domain.errors import NotFound
from domain.filters import TEXT_FILTERS, Field
from domain.query import Query, query_fields
from domain.rules import text


class TeamNotFound(NotFound):
    """No team has this id."""

    kind = "Team"


@draft
class TeamDraft:
    """The values of a team that has no id yet, each with its rule."""

    name: Annotated[str, text]
    headquarters: Annotated[str, text]


class TeamChanges(Changes):
    """New values for some fields of a team."""

    draft = TeamDraft


@entity
class Team(Entity):
    """A stored team."""

    id: int
    name: str
    headquarters: str
    version: int


class TeamQuery(Query):
    """A query for teams."""

    fields = query_fields(name=Field(str, TEXT_FILTERS), headquarters=Field(str, TEXT_FILTERS))
