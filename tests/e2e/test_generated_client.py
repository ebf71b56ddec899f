"""A client generated from the committed OpenAPI document works with the server."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.openapi_document import COMMITTED
from tests.support.served import LIMIT, Served

TOOLS = Path(sys.executable).parents[1] / "client" / "bin"
"""A separate environment, created by `make .venv/client.stamp`."""

PROGRAM = Path(__file__).with_name("client_program.py")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the generated client."""
    path = tmp_path_factory.mktemp("generated")
    (path / "config.yml").write_text("post_hooks: []")  # formatting is not needed
    command = [str(TOOLS / "openapi-python-client"), "generate", "--fail-on-warning"]
    what = ["--path", str(COMMITTED), "--meta", "none"]
    where = ["--output-path", "heroes_client", "--config", "config.yml"]
    subprocess.run([*command, *what, *where], cwd=path, check=True, timeout=LIMIT)
    return path


def test_a_generated_client_completes_a_round_trip(server: Served, path: Path) -> None:
    ran = subprocess.run(
        [TOOLS / "python", PROGRAM, server.url],
        env=os.environ | {"PYTHONPATH": str(path)},
        stdout=subprocess.PIPE,
        check=True,
        timeout=LIMIT,
    )

    hero = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 28, "id": 1}
    blank = {
        "type": "string_blank",
        "loc": ["body", "name"],
        "msg": "String should not be blank",
    }
    assert [
        ["HeroRead", hero],
        ["HeroRead", hero],
        [["HeroRead", hero]],
        ["HeroRead", {**hero, "age": None}],
        ["Deleted", {"ok": True}],
        ["Detail", {"detail": "Hero not found"}],
        ["HTTPValidationError", {"detail": [blank]}],
    ] == json.loads(ran.stdout)
