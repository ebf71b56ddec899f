"""One aggregate as a resource: what its routes document, and the responses that they return."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from domain.entity import Entity
from domain.errors import NotFound
from domain.preconditions import Precondition
from domain.query import Query
from domain.repository import Reader
from entrypoints.http.conditional import not_modified_response, response_with_etag
from entrypoints.http.json_response import EntityResponse, JsonResponse
from entrypoints.http.listing.include import ETAG, ETAG_TEXT, NOTHING, read_include
from entrypoints.http.listing.links import member_path, next_page
from entrypoints.http.listing.prefer import VARY, count_headers, wants_exact_count
from entrypoints.http.listing.query_string import read_query
from entrypoints.http.resources import operations
from entrypoints.http.resources.operations import RouteOptions
from entrypoints.http.resources.serializer import NO_MEMBERS, EntitySerializer, Members
from service_layer.batch import BatchResult

E = TypeVar("E", bound=Entity)
Q = TypeVar("Q", bound=Query)


class Page(NamedTuple, Generic[E]):
    """A page of entities, the members to include, and the headers of its response."""

    entities: Sequence[E]
    included: frozenset[str]
    headers: Mapping[str, str]


@dataclass(slots=True)
class Resource(Generic[E, Q]):
    """The documentation and the responses of the routes of one aggregate.

    Its properties are options of routes: ``@router.post("/", **resource.creation)``.
    """

    entity: type[E]
    query: type[Q]
    not_found: type[NotFound]
    read: type[BaseModel]
    """The model of an entity. It only documents the response: see ``EntitySerializer``."""

    update: type[BaseModel]
    """The model of the changes to an entity."""

    included: Mapping[str, str] = field(default_factory=dict)
    """Members that a client may include besides ``etag``: for each name what it is, in a text."""

    _includable: Mapping[str, str] = field(init=False)
    _serializer: EntitySerializer[E] = field(init=False)

    def __post_init__(self) -> None:
        self._includable = {ETAG: ETAG_TEXT, **self.included}
        self._serializer = EntitySerializer(self.entity, self.read, self._includable)

    @property
    def creation(self) -> RouteOptions:
        return operations.document_creation(self.read)

    @property
    def listing(self) -> RouteOptions:
        return operations.document_listing(self.read, self.query, self._includable)

    @property
    def member(self) -> RouteOptions:
        return operations.document_member(self.read, self._missing)

    @property
    def updating(self) -> RouteOptions:
        return operations.document_update(self.read, self.update, self._missing)

    @property
    def action(self) -> RouteOptions:
        """The options of a POST for a use case of the aggregate's own, such as a retirement."""
        return operations.document_action(self.read, self._missing)

    @property
    def deletion(self) -> RouteOptions:
        return operations.document_deletion(self._missing)

    @property
    def batch(self) -> RouteOptions:
        return operations.document_batch(self.read, self.update, self._missing, self._includable)

    def response(self, entity: E) -> Response:
        """Return a response with the entity and its entity tag."""
        return response_with_etag(self._serializer.to_json_object(entity), entity.version)

    def created_response(self, request: Request, entity: E) -> Response:
        """Return the response to the request for the collection that has created the entity."""
        headers = {"Location": member_path(request, entity.id)}
        content = self._serializer.to_json_object(entity)
        return response_with_etag(content, entity.version, headers)

    def conditional_response(self, entity: E, precondition: Precondition) -> Response:
        """Return the response to a GET: 304 if the client has this version.

        Raises ``StaleVersion``.
        """
        return not_modified_response(precondition, entity.version) or self.response(entity)

    def deleted_response(self) -> Response:
        """Return the response to a deletion."""
        return JsonResponse({"ok": True})

    def to_object(self, entity: E) -> Mapping[str, Any]:
        """Return the entity as a value in another response, such as a member of its own."""
        (found,) = self._serializer.to_objects([entity], NOTHING)
        return found

    async def read_page(
        self, request: Request, reader: Reader[E, Q], offset: int, limit: int
    ) -> Page[E]:
        """Read the page that the request is for. Raises ``InvalidQuery``."""
        included = self.read_include(request)
        query = read_query(self.query, request.query_params, offset=offset, limit=limit)
        entities = await reader.page(query)
        headers = VARY | next_page(request, query, entities)
        if wants_exact_count(request.scope):
            headers |= count_headers(await reader.count(query))
        return Page(entities, included, headers)

    def page_response(self, page: Page[E], members: Members = NO_MEMBERS) -> Response:
        """Return a response with the page. ``members`` has those of ``page.included``."""
        content = self._serializer.to_json_array(page.entities, page.included, members)
        return EntityResponse(content, headers=page.headers)

    def read_include(self, request: Request) -> frozenset[str]:
        """Return the members to include. Raises ``InvalidQuery`` for an unknown one."""
        return read_include(request.query_params, self._includable)

    def batch_response(
        self,
        result: BatchResult[E],
        included: frozenset[str],
        members: Members = NO_MEMBERS,
    ) -> Response:
        """Return the response to a batch. ``members`` has those of ``included``."""
        to_objects = self._serializer.to_objects
        return EntityResponse(
            {
                "created": to_objects(result.created, included, members),
                "updated": to_objects(result.updated, included, members),
                "deleted": list(result.deleted),
            }
        )

    @property
    def _missing(self) -> str:
        return str(self.not_found(1))
