"""The JSON of batch requests and responses, for any entity."""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.preconditions import NO_PRECONDITION, Precondition
from entrypoints.http.entity_tags import EntityTag, explain_weak_tags, parse_entity_tags
from entrypoints.http.field_types import Int64, NumericId, remove_defaults
from service_layer.batch import Batch, BatchResult, Delete, E, Update

MAX_OPERATIONS = 100
"""Maximum number of operations in a batch."""

Draft = TypeVar("Draft", bound=BaseModel)
Changes = TypeVar("Changes", bound=BaseModel)
Read = TypeVar("Read", bound=BaseModel)


class BatchTarget(BaseModel):
    """An entity that must exist and, if ``etag`` is given, must have that entity tag."""

    model_config = ConfigDict(json_schema_extra=remove_defaults)

    id: NumericId = Field(examples=[1])
    etag: EntityTag | None = Field(default=None, examples=['"1"'])

    @property
    def precondition(self) -> Precondition:
        """The precondition on the entity's version; none if ``etag`` is omitted or null."""
        if self.etag is None:
            return NO_PRECONDITION
        return Precondition(
            one_of=parse_entity_tags(self.etag, include_weak=False),
            reason=explain_weak_tags(self.etag),
        )


class BatchUpdate(BatchTarget, Generic[Changes]):
    """An update of an entity. With ``etag``, only if that is its entity tag."""

    changes: Changes


class BatchDelete(BatchTarget):
    """A deletion of an entity. With ``etag``, only if that is its entity tag."""


UpdateItem = TypeVar("UpdateItem", bound=BatchUpdate[Any])


class BatchRequest(BaseModel, Generic[Draft, UpdateItem]):
    """1 to 100 operations, applied in one transaction.

    An unknown member is an error: ignored, a misspelt list would lose its operations.
    """

    model_config = ConfigDict(extra="forbid")

    create: list[Draft] = Field(default=[], max_length=MAX_OPERATIONS)
    update: list[UpdateItem] = Field(default=[], max_length=MAX_OPERATIONS)
    delete: list[BatchDelete] = Field(default=[], max_length=MAX_OPERATIONS)

    @model_validator(mode="after")
    def _check_operation_count(self) -> Self:
        count = len(self.create) + len(self.update) + len(self.delete)
        if count > MAX_OPERATIONS:
            message = f"A batch should have at most {MAX_OPERATIONS} operations"
            raise PydanticCustomError("too_many_operations", message)
        if not count:
            message = "A batch should have at least 1 operation"
            raise PydanticCustomError("no_operations", message)
        return self

    def to_batch(self) -> Batch:
        """Return the batch that the use case takes."""
        return Batch(
            [draft.model_dump() for draft in self.create],
            [
                Update(item.id, item.changes.model_dump(exclude_unset=True), item.precondition)
                for item in self.update
            ],
            [Delete(item.id, item.precondition) for item in self.delete],
        )


class BatchDone(BaseModel, Generic[Read]):
    """The result of a batch. Each list is in the order of the request."""

    created: list[Read] = Field(max_length=MAX_OPERATIONS)
    updated: list[Read] = Field(max_length=MAX_OPERATIONS)
    deleted: list[Int64] = Field(max_length=MAX_OPERATIONS)


def serialize_result(result: BatchResult[E], serialize: Callable[[E], Any]) -> dict[str, Any]:
    """Return the JSON object that ``BatchDone`` describes.

    ``serialize`` returns the JSON object of one entity.
    """
    return {
        "created": [serialize(entity) for entity in result.created],
        "updated": [serialize(entity) for entity in result.updated],
        "deleted": list(result.deleted),
    }
