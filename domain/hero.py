"""The hero: entity, draft, changes, and what a query may filter and sort by."""

from dataclasses import field
from typing import Annotated

from domain.drafts import Changes, draft
from domain.entity import Entity, entity
from domain.errors import NotFound
from domain.filters import NUMBER_FILTERS, TEXT_FILTERS, Field, Operator
from domain.query import Query, query_fields
from domain.rules import optional_count, text


class HeroNotFound(NotFound):
    """No hero has this id."""

    kind = "Hero"


@draft
class HeroDraft:
    """The values of a hero that has no id yet, each with its rule."""

    name: Annotated[str, text]
    secret_name: Annotated[str, text] = field(repr=False)
    age: Annotated[int | None, optional_count] = None


class HeroChanges(Changes):
    """New values for some fields of a hero."""

    draft = HeroDraft


@entity
class Hero(Entity):
    """A stored hero."""

    id: int
    name: str
    secret_name: str = field(repr=False)
    age: int | None
    version: int


class HeroQuery(Query):
    """A query for heroes.

    ``secret_name`` is not a field of it: with a filter, a client could guess secret names.
    """

    fields = query_fields(
        name=Field(str, TEXT_FILTERS),
        age=Field(int, NUMBER_FILTERS | {Operator.ISNULL}, nullable=True),
    )
