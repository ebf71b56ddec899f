"""The model, the API and its URLs. Import it once Django is configured."""

from typing import Any

import orjson
from django.db import models
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path
from ninja import NinjaAPI, Query, Schema
from ninja.renderers import BaseRenderer


class Hero(models.Model):
    name = models.TextField()
    secret_name = models.TextField()
    age = models.BigIntegerField(null=True)

    class Meta:
        app_label = "benchmark"
        db_table = "hero"
        indexes = (
            models.Index(fields=["name"], name="ix_hero_name"),
            models.Index(fields=["age"], name="ix_hero_age"),
        )

    def __str__(self) -> str:
        return f"{self.name}"


class NewHero(Schema):
    name: str
    secret_name: str
    age: int | None = None


class StoredHero(Schema):
    name: str
    secret_name: str
    age: int | None
    id: int


COLUMNS = list(StoredHero.model_fields)


class HeroChanges(Schema):
    name: str | None = None
    secret_name: str | None = None
    age: int | None = None


class OrjsonRenderer(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> Any:
        return orjson.dumps(data)


api = NinjaAPI(renderer=OrjsonRenderer(), docs_url=None, openapi_url=None)


@api.post("/heroes/", response=StoredHero)
def add(request: HttpRequest, new: NewHero) -> Any:
    return Hero.objects.create(**new.dict())


@api.get("/heroes/", response=list[StoredHero])
def page(
    request: HttpRequest, offset: int = Query(0, ge=0), limit: int = Query(100, ge=0, le=100)
) -> Any:
    return Hero.objects.order_by("id").values(*COLUMNS)[offset : offset + limit]


@api.get("/heroes/{int:hero_id}", response=StoredHero)
def one(request: HttpRequest, hero_id: int) -> Any:
    return get_object_or_404(Hero, id=hero_id)


@api.patch("/heroes/{int:hero_id}", response=StoredHero)
def change(request: HttpRequest, hero_id: int, changes: HeroChanges) -> Any:
    hero = get_object_or_404(Hero, id=hero_id)
    given = changes.dict(exclude_unset=True)
    for name, value in given.items():
        setattr(hero, name, value)
    hero.save(update_fields=given)
    return hero


urlpatterns = [path("", api.urls)]
