"""The owner's card, clause by clause: each test holds one, in the card's own words.

"A layered hexagonal service (repository + unit of work) in Python on fastapi, sqlmodel, uvicorn,
pydantic-settings and pytest. Route handlers depend on a ``get_uow`` dependency that yields a unit
of work wrapping the session and a HeroRepository, and the domain only ever touches the repository
abstraction. Used by REST clients, unit tests against a fake in-memory repository, integration tests
against SQLite (and PostgreSQL)."
"""

import ast
import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.database import open_plain_database
from adapters.plain.session import PlainSession
from adapters.sql.entities.repository import SqlRepository
from adapters.sql.hero_repository import HeroRow
from adapters.sql.unit_of_work import SqlUnitOfWork
from domain.hero_repository import HeroReader, HeroRepository
from domain.repository import Reader, Repository
from entrypoints.api.app import build_app
from entrypoints.api.dependencies import get_uow
from entrypoints.api.heroes import routes as heroes
from entrypoints.settings import Settings
from tests.contract.conftest import QUICK, THOROUGH
from tests.fakes.database import FakeDatabase
from tests.fakes.repository import FakeRepository
from tests.support.databases import open_plain

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LAYERS = ("domain", "service_layer", "adapters", "entrypoints")
SIX = {"create_hero", "read_heroes", "read_hero", "update_hero", "delete_hero", "apply_batch"}

REQUIRED = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]


def modules(layer: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / layer).rglob("*.py")):
        yield path, ast.parse(path.read_text())


def imported(tree: ast.Module) -> set[str]:
    """Return the top-level packages that a module imports."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("name", ["fastapi", "sqlmodel", "uvicorn", "pydantic-settings", "pytest"])
def test_on_fastapi_sqlmodel_uvicorn_pydantic_settings_and_pytest(name: str) -> None:
    assert any(requirement.split(">=")[0] == name for requirement in REQUIRED)


@pytest.mark.parametrize("name", [*LAYERS, "tests", "pyproject.toml"])
def test_at_the_top_are_the_four_layers_the_tests_and_the_project_file(name: str) -> None:
    assert (ROOT / name).exists()


def test_layered_imports_only_go_down() -> None:
    for position, layer in enumerate(LAYERS):
        above = {*LAYERS[position + 1 :], "tests"}
        for path, tree in modules(layer):
            assert not imported(tree) & above, path


def test_route_handlers_depend_on_get_uow() -> None:
    routes = [route for route in build_app(FakeDatabase()).routes if isinstance(route, APIRoute)]

    assert SIX <= {route.name for route in routes}
    assert all(
        [get_uow] == [each.call for each in route.dependant.dependencies if each.name == "uow"]
        for route in routes
    )


async def test_get_uow_is_a_dependency_that_yields_a_unit_of_work() -> None:
    app = build_app(FakeDatabase())
    yielded = [
        [uow async for uow in get_uow(request(app, method))]
        for method in ("GET", "HEAD", "POST", "PATCH", "DELETE")
    ]

    assert [1] * 5 == [len(units) for units in yielded]
    assert [False, False, True, True, True] == [hasattr(uow, "commit") for (uow,) in yielded]


async def test_the_unit_of_work_wraps_the_session_and_a_hero_repository() -> None:
    async with open_plain("sqlite://") as database, database.writing() as uow:
        assert isinstance(uow, SqlUnitOfWork)
        assert isinstance(uow.session, PlainSession)
        assert isinstance(uow.session.session, AsyncSession)
        assert isinstance(uow.heroes, SqlRepository)


def test_the_domain_only_ever_touches_the_repository_abstraction() -> None:
    for layer in ("domain", "service_layer"):
        for path, tree in modules(layer):
            assert not imported(tree) & {"sqlmodel", "sqlalchemy", "sqlite3", "asyncpg"}, path

    assert Protocol in HeroRepository.__mro__
    assert Repository in HeroRepository.__mro__
    assert Reader in HeroReader.__mro__


def test_the_table_is_a_sqlmodel_class() -> None:
    assert issubclass(HeroRow, SQLModel)
    assert "hero" == HeroRow.__tablename__


def test_the_settings_are_read_by_pydantic_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEROES_PORT", "8001")

    assert 8001 == Settings().port


def test_rest_clients_are_served_as_the_tutorial_serves_them() -> None:
    client = TestClient(build_app(FakeDatabase()))
    hero = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": None, "id": 1}

    created = client.post("/heroes/", json={"name": "Deadpond", "secret_name": "Dive Wilson"})
    responses = [
        created,
        client.get("/heroes/1"),
        client.get("/heroes/"),
        client.patch("/heroes/1", json={"age": 28}),
        client.delete("/heroes/1"),
        client.get("/heroes/1"),
    ]

    expected = [hero, hero, [hero], {**hero, "age": 28}, {"ok": True}, {"detail": "Hero not found"}]
    assert expected == [response.json() for response in responses]
    assert [200] * 5 + [404] == [response.status_code for response in responses]


def test_unit_tests_run_against_a_fake_in_memory_repository() -> None:
    fake = FakeDatabase().writing()

    assert isinstance(fake.heroes, FakeRepository)
    assert public(SqlRepository) == public(FakeRepository) == public(HeroRepository)


def test_integration_tests_run_against_sqlite_and_postgresql() -> None:
    assert {"fake", "sqlite", "postgres", "plain_sqlite", "plain_postgres"} <= {
        opening.__name__ for opening in QUICK + THOROUGH
    }


def test_a_test_replaces_the_dependency_as_the_tutorial_teaches() -> None:
    fake = FakeDatabase().writing()
    app = build_app(open_plain_database("sqlite:///never-made.db"))
    app.dependency_overrides[get_uow] = lambda: fake

    response = TestClient(app).post("/heroes/", json={"name": "Fake", "secret_name": "x"})

    assert {"name": "Fake", "secret_name": "x", "age": None, "id": 1} == response.json()
    assert not Path("never-made.db").exists()


def test_the_readme_shows_a_handler_as_it_is() -> None:
    handler, _ = examples()
    source = inspect.getsource(heroes.read_hero)

    assert source[source.index("async def") :] == handler


def test_the_readmes_test_passes_and_touches_no_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _, example = examples()
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102 - the README's own code

    names["test_a_hero_is_created"]()

    assert [] == list(tmp_path.iterdir())


def test_the_readme_fits_on_a_few_screens() -> None:
    assert len(README.splitlines()) < 200
    assert "get_uow" in README.partition("## Example")[0]


def examples() -> list[str]:
    return re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def public(kind: type[Any]) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


def request(app: FastAPI, method: str) -> Request:
    return Request({"type": "http", "method": method, "app": app, "headers": []})
