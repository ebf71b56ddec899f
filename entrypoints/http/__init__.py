"""Generic HTTP code: resources, preconditions, idempotency, batches, errors. It knows no aggregate.

Routes and schemas import from here.
"""

from entrypoints.http.batch import BatchRequest
from entrypoints.http.conditional import read_precondition
from entrypoints.http.field_types import Count, Id, Int64, Text
from entrypoints.http.json_response import EntityResponse, JsonResponse
from entrypoints.http.listing.parameters import PAGE_MAX, Limit, Offset
from entrypoints.http.resources.claims import claim
from entrypoints.http.resources.models import Etag, MemberId, Partial
from entrypoints.http.resources.resource import Resource
from entrypoints.http.resources.router import ResourceRouter
from entrypoints.http.resources.serializer import Members

__all__ = [
    "PAGE_MAX",
    "BatchRequest",
    "Count",
    "EntityResponse",
    "Etag",
    "Id",
    "Int64",
    "JsonResponse",
    "Limit",
    "MemberId",
    "Members",
    "Offset",
    "Partial",
    "Resource",
    "ResourceRouter",
    "Text",
    "claim",
    "read_precondition",
]
