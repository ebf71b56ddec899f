"""HTTP for any resource: preconditions, idempotency, batches, errors and JSON. Knows no aggregate.

What a route needs is named here, and in ``listing`` for lists.
"""

from entrypoints.http.batch import BatchDone, BatchRequest, BatchUpdate, result_json
from entrypoints.http.conditional import (
    CONDITIONAL,
    not_modified,
    precondition,
    response_with_etag,
)
from entrypoints.http.documented_errors import CREATED, FAILED_OPERATION, error_responses
from entrypoints.http.field_types import Count, Id, Text, without_defaults
from entrypoints.http.idempotency import (
    IDEMPOTENT,
    read_idempotency_key,
    replay,
    save_response,
)
from entrypoints.http.json_response import JsonResponse
from entrypoints.http.openapi import operation_id

__all__ = [
    "CONDITIONAL",
    "CREATED",
    "FAILED_OPERATION",
    "IDEMPOTENT",
    "BatchDone",
    "BatchRequest",
    "BatchUpdate",
    "Count",
    "Id",
    "JsonResponse",
    "Text",
    "error_responses",
    "not_modified",
    "operation_id",
    "precondition",
    "read_idempotency_key",
    "replay",
    "response_with_etag",
    "result_json",
    "save_response",
    "without_defaults",
]
