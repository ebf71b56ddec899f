"""A small aggregate that the service does not have: its models, its routes and an application."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from pydantic import BaseModel
from starlette.responses import Response

from domain.entity import Entity, entity
from domain.errors import NotFound
from domain.filters import Field, Operator
from domain.preconditions import NO_PRECONDITION, Precondition
from domain.query import Query, query_fields
from entrypoints import http
from entrypoints.api.app import install
from entrypoints.api.dependencies import Reading, Writing
from service_layer.batch import Batch, BatchResult
from tests.fakes import queries
from tests.fakes.database import FakeDatabase


@entity
class Lighthouse(Entity):
    id: int
    keeper: str
    height: int
    version: int = 1
    inspections: int = 0


class LighthouseQuery(Query):
    fields = query_fields(height=Field(int, {Operator.GTE}))


class LighthouseNotFound(NotFound):
    kind = "Lighthouse"


class LighthouseCreate(BaseModel, json_schema_extra={"examples": [{"keeper": "A", "height": 9}]}):
    """A new lighthouse."""

    keeper: http.Text
    height: http.Count


class LighthouseUpdate(http.Partial, json_schema_extra={"examples": [{"keeper": "B"}]}):
    """New values for some fields of a lighthouse."""

    keeper: http.Text = ""
    height: http.Count = 0


class LighthouseRead(
    http.Partial, json_schema_extra={"examples": [{"height": 9, "keeper": "A", "id": 1}]}
):
    """A stored lighthouse."""

    height: int
    keeper: str
    id: http.Int64
    harbour: str = ""
    etag: http.Etag = ""


LighthouseBatch = http.BatchRequest[LighthouseCreate, LighthouseUpdate]


@dataclass
class Lighthouses:
    """A repository in memory, which counts the calls of ``count``."""

    stored: dict[int, Lighthouse] = field(default_factory=dict)
    counts: int = 0

    async def get(self, entity_id: int, /) -> Lighthouse:
        try:
            return self.stored[entity_id]
        except KeyError:
            raise LighthouseNotFound(entity_id) from None

    async def find(self, ids: Collection[int], /) -> Mapping[int, Lighthouse]:
        return {each: self.stored[each] for each in ids if each in self.stored}

    async def page(self, query: LighthouseQuery, /) -> Sequence[Lighthouse]:
        return queries.page(query, self.stored.values())

    async def count(self, query: LighthouseQuery, /) -> int:
        self.counts += 1
        return len(queries.find_all(query, self.stored.values()))

    def add(self, draft: Mapping[str, Any]) -> Lighthouse:
        created = Lighthouse(max(self.stored, default=0) + 1, **draft)
        self.stored[created.id] = created
        return created

    def update(
        self, entity_id: int, changes: Mapping[str, Any], precondition: Precondition
    ) -> Lighthouse:
        found = self.stored[entity_id]
        precondition.check(found.version)
        self.stored[entity_id] = replace(found, **changes, version=found.version + 1)
        return self.stored[entity_id]


resource = http.Resource(
    Lighthouse,
    LighthouseQuery,
    LighthouseNotFound,
    LighthouseRead,
    LighthouseUpdate,
    included={"harbour": "the nearest harbour"},
)


def build_app(database: FakeDatabase, lighthouses: Lighthouses) -> FastAPI:
    """Return an application with the routes of lighthouses."""
    app = FastAPI()
    install(app, database)
    router = http.ResourceRouter("lighthouses", "Lighthouses: a keeper, and a height.")

    @router.post("/", **resource.creation)
    async def create(draft: LighthouseCreate, uow: Writing, request: Request) -> Response:
        claim = await http.claim(request, uow)
        if claim.replayed:
            return claim.replayed
        created = lighthouses.add(draft.model_dump())
        return await claim.commit(resource.created_response(request, created))

    @router.get("/", **resource.listing)
    async def read_all(
        request: Request, _: Reading, offset: http.Offset = 0, limit: http.Limit = 100
    ) -> Response:
        page = await resource.read_page(request, lighthouses, offset, limit)
        return resource.page_response(page, {"harbour": name_harbours(page.entities)})

    @router.get("/{lighthouse_id:member}", **resource.member)
    async def read(lighthouse_id: http.MemberId, _: Reading, request: Request) -> Response:
        precondition = http.read_precondition(request)
        found = await lighthouses.get(lighthouse_id)
        return resource.conditional_response(found, precondition)

    @router.patch("/{lighthouse_id:member}", **resource.updating)
    async def update(
        lighthouse_id: http.MemberId, changes: LighthouseUpdate, request: Request
    ) -> Response:
        values, precondition = (
            changes.model_dump(exclude_unset=True),
            http.read_precondition(request),
        )
        return resource.response(lighthouses.update(lighthouse_id, values, precondition))

    @router.delete("/{lighthouse_id:member}", **resource.deletion)
    async def delete(lighthouse_id: http.MemberId) -> Response:
        del lighthouses.stored[lighthouse_id]
        return resource.deleted_response()

    add_claiming_routes(router, lighthouses)
    app.include_router(router)
    return app


def add_claiming_routes(router: APIRouter, lighthouses: Lighthouses) -> None:
    """Add the routes beyond those of one lighthouse that can be repeated with a key."""

    @router.post("/{lighthouse_id:member}/keeper", **resource.action)
    async def relieve(
        lighthouse_id: http.MemberId, keeper: LighthouseUpdate, uow: Writing, request: Request
    ) -> Response:
        claim = await http.claim(request, uow)
        if claim.replayed:
            return claim.replayed
        found = await lighthouses.get(lighthouse_id)
        relieved = lighthouses.update(found.id, {"keeper": keeper.keeper}, NO_PRECONDITION)
        return await claim.commit(resource.response(relieved))

    @router.post("/batch", **resource.batch)
    async def change(batch: LighthouseBatch, uow: Writing, request: Request) -> Response:
        included = resource.read_include(request)
        claim = await http.claim(request, uow, included)
        if claim.replayed:
            return claim.replayed
        result = apply(batch.to_batch(), lighthouses)
        harbours = name_harbours([*result.created, *result.updated])
        return await claim.commit(resource.batch_response(result, included, {"harbour": harbours}))


def apply(batch: Batch, lighthouses: Lighthouses) -> BatchResult[Lighthouse]:
    created = [lighthouses.add(values) for values in batch.create]
    updated = [
        lighthouses.update(each.id, each.changes, each.precondition) for each in batch.update
    ]
    for each in batch.delete:
        del lighthouses.stored[each.id]
    return BatchResult(created, updated, [each.id for each in batch.delete])


def name_harbours(lighthouses: Sequence[Lighthouse]) -> Mapping[int, str]:
    return {each.id: f"Port {each.id}" for each in lighthouses}
