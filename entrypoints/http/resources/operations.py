"""The OpenAPI documentation of the operations of a resource, as options of their routes."""

from collections.abc import Mapping
from typing import Annotated, Any, TypedDict

from pydantic import BaseModel, Field

from domain.query import Query
from entrypoints.http.batch import BatchDone
from entrypoints.http.conditional import CONDITIONAL
from entrypoints.http.documented_errors import (
    CREATED,
    Responses,
    error_responses,
    failed_operation,
    not_found,
)
from entrypoints.http.idempotency import IDEMPOTENT
from entrypoints.http.listing.include import describe_include
from entrypoints.http.listing.links import LINKS
from entrypoints.http.listing.parameters import PAGE_MAX, describe_parameters
from entrypoints.http.listing.prefer import COUNTS, PREFER
from entrypoints.http.openapi import merge_patch
from entrypoints.http.resources.models import Deleted


class RouteOptions(TypedDict):
    """Arguments of a route's decorator: ``@router.get("/", **options)``."""

    response_model: Any
    responses: Responses
    openapi_extra: dict[str, Any]


def document_creation(read: type[BaseModel]) -> RouteOptions:
    """Document a POST that creates an entity, at most once for each idempotency key."""
    return RouteOptions(
        response_model=read,
        responses=error_responses(400, 409, 415) | CREATED,
        openapi_extra=IDEMPOTENT,
    )


def document_listing(
    read: type[BaseModel], query: type[Query], includable: Mapping[str, str]
) -> RouteOptions:
    """Document a GET that returns a page."""
    parameters = [*describe_parameters(query), describe_include(includable), PREFER]
    return RouteOptions(
        response_model=Annotated[list[read], Field(max_length=PAGE_MAX)],  # type: ignore[valid-type]
        responses=error_responses() | {200: {"headers": LINKS | COUNTS}},
        openapi_extra={"parameters": parameters},
    )


def document_member(read: type[BaseModel], missing: str) -> RouteOptions:
    """Document a GET of one entity. ``missing`` is the error if it does not exist."""
    return RouteOptions(
        response_model=read,
        responses=error_responses(200, 304, 412) | not_found(missing),
        openapi_extra=CONDITIONAL,
    )


def document_update(read: type[BaseModel], update: type[BaseModel], missing: str) -> RouteOptions:
    """Document a PATCH of one entity."""
    return RouteOptions(
        response_model=read,
        responses=error_responses(200, 400, 409, 412, 415) | not_found(missing),
        openapi_extra=CONDITIONAL | merge_patch(update),
    )


def document_action(read: type[BaseModel], missing: str) -> RouteOptions:
    """Document a POST that changes one entity, at most once for each idempotency key."""
    return RouteOptions(
        response_model=read,
        responses=error_responses(200, 400, 409, 415) | not_found(missing),
        openapi_extra=IDEMPOTENT,
    )


def document_deletion(missing: str) -> RouteOptions:
    """Document a DELETE of one entity."""
    return RouteOptions(
        response_model=Deleted,
        responses=error_responses(409, 412) | not_found(missing),
        openapi_extra=CONDITIONAL,
    )


def document_batch(
    read: type[BaseModel], update: type[BaseModel], missing: str, includable: Mapping[str, str]
) -> RouteOptions:
    """Document a POST that applies a batch, at most once for each idempotency key."""
    parameters = [*IDEMPOTENT["parameters"], describe_include(includable)]
    return RouteOptions(
        response_model=BatchDone[read, update],  # type: ignore[valid-type]
        responses=error_responses(400, 409, 415) | failed_operation(missing),
        openapi_extra=IDEMPOTENT | {"parameters": parameters},
    )
