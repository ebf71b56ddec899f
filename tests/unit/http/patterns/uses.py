"""Every pattern that meets input, and how it is used: in the code, the document and the routes."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from entrypoints.api.app import build_app
from tests import openapi_document
from tests.fakes.database import FakeDatabase

ROOT = Path(__file__).parents[4]
LAYERS = ("domain", "service_layer", "adapters", "entrypoints")
NOT_IMPORTED = {"adapters/migrations/env.py"}
"""Run by Alembic."""

METHODS = ("fullmatch", "match", "search", "findall", "finditer", "sub", "subn", "split")


class Use(NamedTuple):
    """A pattern, and the method that is called with input."""

    name: str
    pattern: re.Pattern[Any]
    method: str

    def call(self, text: str) -> object:
        """Call the method with this text."""
        given = text.encode("latin-1") if isinstance(self.pattern.pattern, bytes) else text
        arguments = (given[:0], given) if self.method in {"sub", "subn"} else (given,)
        return getattr(self.pattern, self.method)(*arguments)


@cache
def modules() -> tuple[ModuleType, ...]:
    """Import the modules of all layers."""
    paths = {path.relative_to(ROOT) for layer in LAYERS for path in (ROOT / layer).rglob("*.py")}
    return tuple(
        importlib.import_module(".".join(path.with_suffix("").parts))
        for path in sorted(paths)
        if path.stem.isidentifier() and str(path) not in NOT_IMPORTED
    )


def patterns_of_modules() -> Iterator[re.Pattern[Any]]:
    """Yield each pattern that a module defines or imports."""
    for module in modules():
        yield from (value for value in vars(module).values() if isinstance(value, re.Pattern))


def uses_in_code() -> Iterator[Use]:
    """Yield each use of a pattern that a module defines, imports, or gives to ``re``."""
    for module in modules():
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name("re"), attr=method),
                    args=[ast.Constant(str() | bytes() as text), *_],
                ) if method in METHODS:
                    yield Use(f"{module.__name__}:{node.lineno}", re.compile(text), method)
                case ast.Attribute(value=ast.Name(name), attr=method) if method in METHODS:
                    value = vars(module).get(name)
                    if isinstance(value, re.Pattern):
                        yield Use(f"{module.__name__}.{name}", value, method)


def uses_in_document() -> Iterator[Use]:
    """Yield each ``pattern`` of the OpenAPI document. JSON Schema searches with it."""
    for location, pattern in _members(openapi_document.document(), "#"):
        yield Use(location, re.compile(pattern), "search")


def _members(node: Any, location: str) -> Iterator[tuple[str, str]]:
    """Yield the location and the value of each member ``pattern`` that is a string."""
    for name, value in enumerate(node) if isinstance(node, list) else node.items():
        if name == "pattern" and isinstance(value, str):
            yield location, value
        elif isinstance(value, dict | list):
            yield from _members(value, f"{location}/{name}")


def uses_in_routes() -> Iterator[Use]:
    """Yield the pattern of each route's path."""
    for route in build_app(FakeDatabase()).routes:
        yield Use(route.path, route.path_regex, "match")  # type: ignore[attr-defined]
