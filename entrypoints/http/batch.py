"""The JSON of batches, for any kind of entity: what is to be done, and what was."""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.preconditions import NO_PRECONDITION, Precondition
from entrypoints.http.entity_tags import EntityTag, parse_entity_tags
from entrypoints.http.field_types import without_defaults
from service_layer.batch import Batch, BatchResult, Delete, Entity, Update

MOST_OPERATIONS = 100
"""Most operations in one batch."""

Draft = TypeVar("Draft", bound=BaseModel)
Changes = TypeVar("Changes", bound=BaseModel)
Read = TypeVar("Read", bound=BaseModel)


class BatchTarget(BaseModel):
    """An entity that has to be there, and to have the ``etag`` if one is given."""

    model_config = ConfigDict(json_schema_extra=without_defaults)

    id: int = Field(strict=True, examples=[1])
    etag: EntityTag = Field(default="", examples=['"1"'])

    @property
    def precondition(self) -> Precondition:
        """What is asked of its version. The default is no tag, and never seen."""
        if not self.etag:
            return NO_PRECONDITION
        return Precondition(one_of=parse_entity_tags(self.etag, weak_too=False))


class BatchUpdate(BatchTarget, Generic[Changes]):
    """An entity that is to be changed; with an ``etag``, only if that is its entity tag."""

    changes: Changes


class BatchDelete(BatchTarget):
    """An entity that is to go; with an ``etag``, only if that is its entity tag."""


Updating = TypeVar("Updating", bound=BatchUpdate[Any])


class BatchRequest(BaseModel, Generic[Draft, Updating]):
    """Operations that are done all or not at all, at most 100."""

    create: list[Draft] = Field(default=[], max_length=MOST_OPERATIONS)
    update: list[Updating] = Field(default=[], max_length=MOST_OPERATIONS)
    delete: list[BatchDelete] = Field(default=[], max_length=MOST_OPERATIONS)

    @model_validator(mode="after")
    def _has_not_too_many(self) -> Self:
        if len(self.create) + len(self.update) + len(self.delete) > MOST_OPERATIONS:
            message = f"A batch should have at most {MOST_OPERATIONS} operations"
            raise PydanticCustomError("too_many_operations", message)
        return self

    def operations(self) -> Batch:
        """Return the same for a use case."""
        return Batch(
            [draft.model_dump() for draft in self.create],
            [
                Update(one.id, one.changes.model_dump(exclude_unset=True), one.precondition)
                for one in self.update
            ],
            [Delete(one.id, one.precondition) for one in self.delete],
        )


class BatchDone(BaseModel, Generic[Read]):
    """What was done, in the order in which it was asked for."""

    created: list[Read]
    updated: list[Read]
    deleted: list[int]


def result_json(result: BatchResult[Entity], json: Callable[[Entity], Any]) -> dict[str, Any]:
    """Return what ``BatchDone`` describes; ``json`` returns what ``Read`` does."""
    return {
        "created": [json(entity) for entity in result.created],
        "updated": [json(entity) for entity in result.updated],
        "deleted": list(result.deleted),
    }
