"""The structure of the project."""

import ast
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]

FOLDERS = {
    ".ci",
    "adapters",
    "deploy",
    "docs",
    "domain",
    "entrypoints",
    "examples",
    "service_layer",
    "tests",
}

LAYERS = ("domain", "service_layer", "adapters", "entrypoints")
EVERY_MODULE = {
    str(path.relative_to(ROOT)) for layer in LAYERS for path in (ROOT / layer).rglob("*.py")
}

ENTITIES = {path.stem for path in ROOT.glob("domain/*.py") if "\n@entity\n" in path.read_text()}
"""The name of each aggregate, which its modules of the domain and of the adapters begin with."""

RESOURCES = {path.parent.name for path in ROOT.glob("entrypoints/api/*/routes.py")}
"""The name of each resource: of its use cases, and of the package of its routes."""

OF_AGGREGATES = {
    str(path.relative_to(ROOT))
    for pattern in (
        *(
            f"{place}/{name}{rest}.py"
            for place in ("domain", "adapters/sql")
            for name in ENTITIES
            for rest in ("", "_*")
        ),
        *(f"service_layer/{name}.py" for name in RESOURCES),
        *(f"entrypoints/api/{name}/*.py" for name in RESOURCES),
        "adapters/migrations/versions/*.py",
    )
    for path in ROOT.glob(pattern)
}
"""The modules of the aggregates. A further aggregate has its own, and changes no generic one."""

LISTS = {
    "adapters/sql/repositories.py",
    "entrypoints/api/routers.py",
    "service_layer/unit_of_work.py",
}
"""The modules in which each aggregate has a few lines."""

OF_THE_APPLICATION = {
    "adapters/__init__.py",
    "adapters/database.py",
    "adapters/migrations/expected_columns.py",
    "adapters/migrations/version_table.py",
    "adapters/postgres/driver_arguments.py",
    "adapters/sql/tables.py",
    "adapters/sqlite/database.py",
    "domain/__init__.py",
    "entrypoints/api/app.py",
    "entrypoints/api/health/endpoints.py",
    "entrypoints/api/scopes.py",
    "entrypoints/cli.py",
    "entrypoints/commands/api_keys.py",
    "entrypoints/commands/backups.py",
    "entrypoints/commands/check.py",
    "entrypoints/commands/exit_codes.py",
    "entrypoints/commands/health.py",
    "entrypoints/commands/settings.py",
    "entrypoints/composition/tracing.py",
    "entrypoints/settings.py",
    "service_layer/__init__.py",
}
"""The modules that contain the service's name."""

REQUESTS_KEYS = "adapters/tokens/http_get.py"
"""The module that requests the URL of the settings at which an issuer of tokens has its keys."""

PROBES = "entrypoints/commands/health.py"
"""The command that requests the running service."""

HTTP_CLIENTS = {
    "aiohttp",
    "ftplib",
    "http.client",
    "httpx",
    "httpx2",
    "requests",
    "urllib.request",
    "urllib3",
}


def test_the_top_level_holds_only_the_listed_directories() -> None:
    git = shutil.which("git")
    assert git is not None
    listed = subprocess.run(
        [git, "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()

    assert FOLDERS == {path.partition("/")[0] for path in listed if "/" in path}


@pytest.mark.parametrize(
    "module", sorted(EVERY_MODULE - OF_AGGREGATES - LISTS - OF_THE_APPLICATION)
)
def test_generic_modules_do_not_contain_the_word_hero(module: str) -> None:
    assert "hero" not in (ROOT / module).read_text().lower()


@pytest.mark.parametrize("module", sorted(LISTS | OF_THE_APPLICATION))
def test_every_listed_module_contains_the_word_hero(module: str) -> None:
    assert "hero" in (ROOT / module).read_text().lower()


def test_the_aggregates_have_modules_in_every_layer() -> None:
    assert {"hero"} <= ENTITIES
    assert set(LAYERS) == {module.partition("/")[0] for module in OF_AGGREGATES}


@pytest.mark.parametrize("module", sorted(EVERY_MODULE - OF_AGGREGATES - LISTS))
def test_only_the_lists_import_modules_of_aggregates(module: str) -> None:
    """With the import contract "Generic modules know no aggregate", no way leads to one."""
    assert not imported(ROOT / module) & set(map(dotted, OF_AGGREGATES))


@pytest.mark.parametrize("module", sorted(EVERY_MODULE - {REQUESTS_KEYS, PROBES}))
def test_no_module_can_request_the_url_of_a_client(module: str) -> None:
    assert not imported(ROOT / module) & HTTP_CLIENTS
    assert "open_connection" not in (ROOT / module).read_text()


def test_only_the_keys_of_tokens_are_requested() -> None:
    importing = {
        module for module in EVERY_MODULE if "tokens.http_get import" in (ROOT / module).read_text()
    }

    assert {"adapters/tokens/sources.py"} == importing


def dotted(module: str) -> str:
    """Return the name by which a module is imported."""
    return module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imported(module: Path) -> set[str]:
    """Return the full names of the modules that a module imports, and of what it takes of them."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_every_cache_has_a_maximum() -> None:
    """An ``lru_cache`` without parentheses has 128 entries; ``cache`` and ``None`` have no end."""
    for module in EVERY_MODULE:
        text = (ROOT / module).read_text()
        assert not re.search(
            r"lru_cache\((maxsize=)?None|functools import .*\bcache\b|\.cache\b", text
        )


def test_the_project_can_not_be_published_accidentally() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert ["Private :: Do Not Upload"] == project["classifiers"]


@pytest.mark.parametrize("package", sorted({Path(module).parent for module in EVERY_MODULE}))
def test_a_package_has_at_most_16_modules(package: Path) -> None:
    """Those of aggregates are not counted: the next one adds its own."""
    generic = EVERY_MODULE - OF_AGGREGATES
    assert len([module for module in generic if Path(module).parent == package]) <= 16


def test_the_median_module_has_fewer_than_80_lines() -> None:
    assert median(len((ROOT / module).read_text().splitlines()) for module in EVERY_MODULE) < 80
