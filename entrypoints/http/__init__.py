"""Generic HTTP code: resources, preconditions, idempotency, batches, errors. It knows no aggregate.

Routes import from here, and from ``listing`` for the parameters of lists.
"""

from entrypoints.http.batch import BatchRequest
from entrypoints.http.conditional import read_precondition
from entrypoints.http.field_types import Count, Id, Int64, Text
from entrypoints.http.json_response import EntityResponse, JsonResponse
from entrypoints.http.resources.claims import claim
from entrypoints.http.resources.models import Etag, MemberId, Partial
from entrypoints.http.resources.resource import Resource
from entrypoints.http.resources.router import ResourceRouter

__all__ = [
    "BatchRequest",
    "Count",
    "EntityResponse",
    "Etag",
    "Id",
    "Int64",
    "JsonResponse",
    "MemberId",
    "Partial",
    "Resource",
    "ResourceRouter",
    "Text",
    "claim",
    "read_precondition",
]
