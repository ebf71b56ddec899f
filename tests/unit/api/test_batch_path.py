"""The path of batches is a resource of its own, however the application is built."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from entrypoints.api.app import build_app, install
from entrypoints.api.heroes import routes as heroes
from tests.fakes.database import FakeDatabase


def built() -> TestClient:
    return TestClient(build_app(FakeDatabase()))


def included() -> TestClient:
    outer = FastAPI()
    install(outer, FakeDatabase())
    outer.include_router(heroes.router, prefix="/v1")
    return TestClient(outer, base_url="http://heroes/v1")


def mounted() -> TestClient:
    outer = FastAPI()
    outer.mount("/v1", build_app(FakeDatabase()))
    return TestClient(outer, base_url="http://heroes/v1")


def behind_a_prefix() -> TestClient:
    return TestClient(build_app(FakeDatabase()), root_path="/v1")


each_application = pytest.mark.parametrize(
    "application",
    [built, included, mounted, behind_a_prefix],
    ids=lambda function: function.__name__,
)
Application = Callable[[], TestClient]


@each_application
@pytest.mark.parametrize("method", ["GET", "HEAD", "PATCH", "PUT", "DELETE", "MOVE"])
def test_a_method_other_than_post_and_options_gets_405(
    application: Application, method: str
) -> None:
    response = application().request(method, "/heroes/batch")

    assert (405, "POST, OPTIONS") == (response.status_code, response.headers["allow"])


@each_application
def test_options_returns_post_and_options(application: Application) -> None:
    response = application().options("/heroes/batch")

    assert (204, "POST, OPTIONS") == (response.status_code, response.headers["allow"])


@each_application
def test_post_applies_a_batch(application: Application) -> None:
    response = application().post("/heroes/batch", json={"delete": [{"id": 1}]})

    assert (404, "/delete/0") == (response.status_code, response.json()["errors"][0]["pointer"])


@each_application
@pytest.mark.parametrize("segment", ["batches", "batch1", "Batch", "batch%20", "batch;v=1"])
def test_a_segment_that_only_looks_like_batch_is_an_invalid_id(
    application: Application, segment: str
) -> None:
    response = application().get(f"/heroes/{segment}")

    assert (422, ["path", "hero_id"]) == (
        response.status_code,
        response.json()["detail"][0]["loc"],
    )
