"""The house keeps its shape."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

FOLDERS = {".ci", "adapters", "docs", "domain", "entrypoints", "service_layer", "tests"}
"""What stands at the top, besides git's folder and what tools leave behind."""

MADE_BY_TOOLS = {".git", ".venv", "__pycache__", "htmlcov", "dist"}

GENERIC = [
    "domain/rules.py",
    "service_layer/errors.py",
    "adapters/driver_errors.py",
    "adapters/migrator.py",
    "adapters/session.py",
    "adapters/sqlite.py",
    "adapters/sqlite_database.py",
    "adapters/sqlite_sessions.py",
    "adapters/sqlite_writer.py",
    "adapters/threads.py",
    "entrypoints/api/body_limit.py",
    "entrypoints/api/dependencies.py",
    "entrypoints/api/errors.py",
    "entrypoints/api/fields.py",
    "entrypoints/api/head.py",
    "entrypoints/api/json_response.py",
    "entrypoints/api/methods.py",
    "entrypoints/api/openapi.py",
    "entrypoints/api/problems.py",
    "entrypoints/api/redirects.py",
    "entrypoints/api/responses.py",
    "entrypoints/http_protocol.py",
    "entrypoints/logs.py",
    "entrypoints/server.py",
]
"""Modules that the next aggregate uses as they are."""


def test_the_top_holds_the_floors_and_nothing_else() -> None:
    found = {path.name for path in ROOT.iterdir() if path.is_dir()}

    assert FOLDERS == {
        name for name in found - MADE_BY_TOOLS if not name.endswith(("_cache", ".egg-info"))
    } - {".hypothesis"}


@pytest.mark.parametrize("module", GENERIC)
def test_generic_machinery_does_not_know_the_word_hero(module: str) -> None:
    assert "hero" not in (ROOT / module).read_text().lower()


def test_the_project_can_not_be_published_by_mistake() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert ["Private :: Do Not Upload"] == project["classifiers"]
