"""A small aggregate that the service does not have: its models, its routes and an application."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import FastAPI, Request
from pydantic import BaseModel
from starlette.responses import Response

from domain.drafts import Changes, draft
from domain.entity import Entity, entity
from domain.errors import NotFound
from domain.filters import Field, Operator
from domain.query import Query, query_fields
from domain.rules import optional_count, text
from entrypoints import http
from entrypoints.api.app import install
from entrypoints.api.dependencies import Reading, Writing
from service_layer.batch import Batch, BatchResult, apply_to
from tests.fakes import queries
from tests.fakes.database import FakeDatabase


@draft
class LighthouseDraft:
    keeper: Annotated[str, text]
    height: Annotated[int, optional_count]


class LighthouseChanges(Changes):
    draft = LighthouseDraft


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

    async def page(self, query: LighthouseQuery, /) -> Sequence[Lighthouse]:
        return queries.page(query, self.stored.values())

    async def count(self, query: LighthouseQuery, /) -> int:
        self.counts += 1
        return len(queries.find_all(query, self.stored.values()))

    async def add(self, draft: LighthouseDraft, /) -> Lighthouse:
        created = Lighthouse(len(self.stored) + 1, draft.keeper, draft.height)
        await self.update(created)
        return created

    async def update(self, entity: Lighthouse, /) -> None:
        self.stored[entity.id] = entity

    async def remove(self, entity_id: int, /) -> None:
        del self.stored[entity_id]


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
        created = await lighthouses.add(LighthouseDraft(**draft.model_dump()))
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
        found = await lighthouses.get(lighthouse_id)
        http.read_precondition(request).check(found.version)
        updated = found.apply(LighthouseChanges(changes.model_dump(exclude_unset=True)))
        await lighthouses.update(updated)
        return resource.response(updated)

    @router.delete("/{lighthouse_id:member}", **resource.deletion)
    async def delete(lighthouse_id: http.MemberId) -> Response:
        await lighthouses.remove((await lighthouses.get(lighthouse_id)).id)
        return resource.deleted_response()

    @router.post("/batch", **resource.batch)
    async def change(batch: LighthouseBatch, uow: Writing, request: Request) -> Response:
        included = resource.read_include(request)
        claim = await http.claim(request, uow, included)
        if claim.replayed:
            return claim.replayed
        result = await apply(batch.to_batch(), lighthouses)
        harbours = name_harbours([*result.created, *result.updated])
        return await claim.commit(resource.batch_response(result, included, {"harbour": harbours}))

    app.include_router(router)
    return app


async def apply(batch: Batch, lighthouses: Lighthouses) -> BatchResult[Lighthouse]:
    return await apply_to(lighthouses, batch, LighthouseDraft, LighthouseChanges)


def name_harbours(lighthouses: Sequence[Lighthouse]) -> Mapping[int, str]:
    return {each.id: f"Port {each.id}" for each in lighthouses}
