"""The JSON of batch requests and responses, for any entity.

The schemas are named after the models in them: ``BatchRequest[TeamCreate, TeamUpdate]`` is
``TeamBatch`` and has ``TeamBatchUpdate``, and the result is ``TeamBatchDone``.
"""

from typing import Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.preconditions import NO_PRECONDITION, Precondition
from entrypoints.http.description.batches import describe_done, describe_request, describe_update
from entrypoints.http.entity_tags import EntityTag, explain_weak_tags, parse_entity_tags
from entrypoints.http.field_types import Int64, NumericId, remove_defaults
from service_layer.batch import Batch, Delete, Update

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

    model_config = ConfigDict(json_schema_extra=describe_update)

    changes: Changes

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        return str(params[0].__name__).removesuffix("Update") + cls.__name__


class BatchDelete(BatchTarget):
    """A deletion of an entity. With ``etag``, only if that is its entity tag."""


class BatchRequest(BaseModel, Generic[Draft, Changes]):
    """Entities to create, update and delete in one transaction, 1 to 100 in total.

    An unknown member is an error: ignored, a misspelt list would lose its operations.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra=describe_request)

    create: list[Draft] = Field(default=[], max_length=MAX_OPERATIONS)
    update: list[BatchUpdate[Changes]] = Field(default=[], max_length=MAX_OPERATIONS)
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

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        return str(params[0].__name__).removesuffix("Create") + "Batch"


class BatchDone(BaseModel, Generic[Read, Changes]):
    """The created and updated entities and the ids of the deleted ones, in the order given.

    The model of changes is for the example only.
    """

    model_config = ConfigDict(json_schema_extra=describe_done)

    created: list[Read] = Field(max_length=MAX_OPERATIONS)
    updated: list[Read] = Field(max_length=MAX_OPERATIONS)
    deleted: list[Int64] = Field(max_length=MAX_OPERATIONS)

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        return str(params[0].__name__).removesuffix("Read") + cls.__name__
