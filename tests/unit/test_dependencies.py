"""Libraries whose private parts are used have upper bounds, and are watched by `make canaries`."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = ("domain", "service_layer", "adapters", "entrypoints")

REQUIREMENTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
BOUNDED = re.compile(r"([a-z0-9-]+)(?:\[[a-z]+\])?>=([0-9.]+),<([0-9.]+)")
BOUNDS = {found[1]: (found[2], found[3]) for found in map(BOUNDED.fullmatch, REQUIREMENTS) if found}
LIBRARIES = {re.split(r"[^a-z0-9-]", requirement)[0] for requirement in REQUIREMENTS}

WATCHED = set(
    re.findall(r"^WATCHED := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[0].split()
)
LOCKED = dict(
    re.findall(r"^([a-z0-9-]+)==([0-9.]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
)

PRIVATE_ATTRIBUTE = "noqa: SLF001"


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def imported(module: Path) -> set[str]:
    """Return the full names of the modules that a module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def libraries(names: set[str]) -> set[str]:
    """Return the required libraries to which the modules belong."""
    return {name.partition(".")[0].replace("_", "-") for name in names} & LIBRARIES


def version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


@pytest.mark.parametrize("library", sorted(WATCHED))
def test_a_watched_library_is_bounded_by_the_version_after_the_locked_one(library: str) -> None:
    lower, upper = map(version, BOUNDS[library])
    major, minor = version(LOCKED[library])[:2]

    assert lower <= version(LOCKED[library]) < upper
    assert (major, minor + 1) == upper


def test_a_library_of_which_private_modules_are_imported_is_watched() -> None:
    private = {
        name
        for module in modules(*LAYERS)
        for name in imported(module)
        if any(part.startswith("_") for part in name.split("."))
    }

    assert "uvicorn._types.ASGI3Application" in private
    assert libraries(private) <= WATCHED


def test_a_library_of_which_private_attributes_are_used_is_watched() -> None:
    using = [module for module in modules(*LAYERS) if PRIVATE_ATTRIBUTE in module.read_text()]

    assert using
    for module in using:
        assert libraries(imported(module)) <= WATCHED, module


def test_a_library_that_a_canary_imports_is_watched() -> None:
    canaries = [module for module in modules("tests") if "mark.canary" in module.read_text()]

    assert {"fastapi", "uvicorn", "httptools"} <= {
        library for module in canaries for library in libraries(imported(module))
    }
    for module in canaries:
        assert libraries(imported(module)) <= WATCHED, module
