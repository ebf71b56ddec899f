"""``docs/security.md`` names tests, settings and constants that exist, and every bound."""

import ast
import re
from pathlib import Path

import pytest

from entrypoints.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
LAYERS = ("domain", "service_layer", "adapters", "entrypoints")

TESTS = sorted(
    set(re.findall(r"`((?:[a-z0-9_]+/)+test_[a-z0-9_]+\.py(?:::test_[a-z0-9_]+)?)`", PAGE))
)
NAMES = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)*)`", PAGE))
CONSTANTS = sorted(name for name in NAMES if not name.startswith(PREFIX))

BOUNDS = sorted(
    name
    for name, field in Settings.model_fields.items()
    if field.annotation in {int, float, int | None} and name not in {"port", "admin_port"}
)
"""The settings that are numbers."""


def functions(module: Path) -> set[str]:
    nodes = ast.walk(ast.parse(module.read_text()))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def constants() -> set[str]:
    """Return the names that modules assign."""
    names = set()
    for layer in LAYERS:
        for module in (ROOT / layer).rglob("*.py"):
            names |= set(re.findall(r"^([A-Z_]+)(?:: .+)? = ", module.read_text(), re.MULTILINE))
    return names


@pytest.mark.parametrize("test", TESTS)
def test_each_test_on_the_page_exists(test: str) -> None:
    path, _, name = test.partition("::")
    module = ROOT / "tests" / path

    assert module.exists()
    assert not name or name in functions(module)


def test_the_page_names_many_tests() -> None:
    assert len(TESTS) > 60


@pytest.mark.parametrize("constant", CONSTANTS)
def test_each_constant_on_the_page_exists(constant: str) -> None:
    assert constant in constants()


def test_each_setting_on_the_page_exists() -> None:
    settings = {name.removeprefix(PREFIX).lower() for name in NAMES if name.startswith(PREFIX)}

    assert settings <= set(Settings.model_fields)


@pytest.mark.parametrize("name", BOUNDS)
def test_each_numeric_setting_is_in_a_table_of_bounds(name: str) -> None:
    bounds, _, _ = PAGE.partition("## What is left")

    assert f"`HEROES_{name.upper()}`" in bounds


@pytest.mark.parametrize("number", range(1, 11))
def test_each_risk_has_a_row(number: int) -> None:
    assert 1 == len(re.findall(rf"^\| API{number} ", PAGE, re.MULTILINE))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_each_setting_is_documented(name: str) -> None:
    settings = (ROOT / "docs" / "settings.md").read_text()

    assert re.search(rf"^\| `HEROES_{name.upper()}` \|", settings, re.MULTILINE)
