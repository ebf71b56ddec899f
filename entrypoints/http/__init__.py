"""Generic HTTP code: preconditions, idempotency, batches, errors and JSON. It knows no aggregate.

Routes import from here, and from ``listing`` for lists.
"""

from entrypoints.http.batch import BatchDone, BatchRequest, BatchUpdate, serialize_result
from entrypoints.http.conditional import (
    CONDITIONAL,
    not_modified_response,
    read_precondition,
    response_with_etag,
)
from entrypoints.http.documented_errors import (
    CREATED,
    error_responses,
    failed_operation,
    not_found,
)
from entrypoints.http.field_types import Count, Id, Int64, Text, remove_defaults
from entrypoints.http.idempotency import (
    IDEMPOTENT,
    read_idempotency_key,
    replay,
    save_response,
)
from entrypoints.http.json_response import Deleted, EntityResponse, JsonResponse
from entrypoints.http.openapi import merge_patch, operation_id

__all__ = [
    "CONDITIONAL",
    "CREATED",
    "IDEMPOTENT",
    "BatchDone",
    "BatchRequest",
    "BatchUpdate",
    "Count",
    "Deleted",
    "EntityResponse",
    "Id",
    "Int64",
    "JsonResponse",
    "Text",
    "error_responses",
    "failed_operation",
    "merge_patch",
    "not_found",
    "not_modified_response",
    "operation_id",
    "read_idempotency_key",
    "read_precondition",
    "remove_defaults",
    "replay",
    "response_with_etag",
    "save_response",
    "serialize_result",
]
