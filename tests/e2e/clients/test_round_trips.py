"""Clients do the whole round trip of docs/api.md.

Those in Python and TypeScript are generated from the committed OpenAPI document. ``make clients``
installs their tools. Without Node.js only the Python client is tested.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e import guide
from tests.openapi_document import COMMITTED
from tests.support.served import LIMIT, Served

ENVIRONMENT = Path(sys.executable).parents[1]

PYTHON_TOOLS = ENVIRONMENT / "client" / "bin"
"""A separate environment, created by `make .venv/client.stamp`."""

PYTHON_CLIENT = Path(__file__).with_name("python_client.py")

OLDEST_NODE = 20
"""The oldest major version that has what the programs of the guide use."""

TYPESCRIPT_STAMP = ENVIRONMENT / "typescript.stamp"
"""It exists if `make` has installed the tools and libraries for TypeScript."""


@pytest.fixture(scope="module")
def python_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the generated Python client."""
    path = tmp_path_factory.mktemp("generated")
    (path / "config.yml").write_text("post_hooks: []")  # formatting is not needed
    command = [str(PYTHON_TOOLS / "openapi-python-client"), "generate", "--fail-on-warning"]
    what = ["--path", str(COMMITTED), "--meta", "none"]
    where = ["--output-path", "heroes_client", "--config", "config.yml"]
    subprocess.run([*command, *what, *where], cwd=path, check=True, timeout=LIMIT)
    return path


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the compiled TypeScript client.

    The commands of the guide generate its types, from the committed document, and compile it.
    """
    skip_without_node()
    if not TYPESCRIPT_STAMP.exists():
        pytest.skip("needs what `make clients` installs")
    folder = tmp_path_factory.mktemp("typescript")
    (folder / "node_modules").symlink_to(ENVIRONMENT / "typescript" / "node_modules")
    text = guide.sections()["TypeScript"]
    guide.write_programs(text, folder)
    building = guide.session(text)[:-1]
    document = {f"{guide.ADDRESS}/openapi.json": str(COMMITTED)}

    assert building == guide.run(building, folder, document)
    return folder


def test_a_python_client_completes_a_round_trip(server: Served, python_path: Path) -> None:
    ran = subprocess.run(
        [PYTHON_TOOLS / "python", PYTHON_CLIENT, server.url],
        env=os.environ | {"PYTHONPATH": str(python_path)},
        stdout=subprocess.PIPE,
        check=True,
        timeout=LIMIT,
    )

    responses = json.loads(ran.stdout)
    first, second = responses[0][1]["id"], responses[3][1]["created"][0]["id"]
    deadpond = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 28, "id": first}
    rusty_man = {"name": "Rusty-Man", "secret_name": "Tommy Sharp", "age": 48, "id": second}
    changed = {
        "type": "about:blank",
        "title": "Precondition Failed",
        "status": 412,
        "detail": "The resource has changed. Fetch it again.",
        "instance": f"/heroes/{first}",
    }
    blank = {
        "type": "string_blank",
        "loc": ["body", "name"],
        "msg": "String should not be blank",
    }
    assert [
        ["HeroRead", deadpond],
        True,
        "true",
        ["HeroBatchDone", {"created": [rusty_man], "updated": [], "deleted": []}],
        [["HeroRead", hero | {"etag": '"1"'}] for hero in (rusty_man, deadpond)],
        ["HeroRead", {**deadpond, "age": 29}],
        ["Problem", changed],
        ["HeroBatchDone", {"created": [], "updated": [], "deleted": [second]}],
        ["Deleted", {"ok": True}],
        ["Detail", {"detail": "Hero not found"}],
        ["HTTPValidationError", {"detail": [blank]}],
    ] == responses


def test_a_typescript_client_completes_the_round_trip_of_the_guide(
    server: Served, compiled: Path
) -> None:
    running = guide.session(guide.sections()["TypeScript"])[-1:]

    assert running == guide.run(running, compiled, {guide.ADDRESS: server.url})


def test_fetch_completes_the_session_of_the_guide(server: Served, tmp_path: Path) -> None:
    skip_without_node()
    text = guide.sections()["Browsers"]
    expected = guide.session(text)
    guide.write_programs(text, tmp_path)

    assert expected == guide.run(expected, tmp_path, {guide.ADDRESS: server.url})


def skip_without_node() -> None:
    """Skip the test if there is no Node.js, or one that is too old for the guide's programs."""
    path = shutil.which("node")
    if path is None:
        pytest.skip("needs Node.js")
    version = subprocess.run([path, "--version"], check=True, stdout=subprocess.PIPE, text=True)
    if int(version.stdout.removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        pytest.skip(f"needs Node.js {OLDEST_NODE} or newer")
