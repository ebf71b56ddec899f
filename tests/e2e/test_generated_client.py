"""A client generated from the committed OpenAPI document gets along with the server."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.openapi_document import COMMITTED
from tests.support.served import LIMIT, Served

TOOLS = Path(sys.executable).parents[1] / "client" / "bin"
"""An environment of its own, which `make .venv/client.stamp` sets up."""

PROGRAM = Path(__file__).with_name("client_program.py")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the generated client."""
    place = tmp_path_factory.mktemp("generated")
    (place / "config.yml").write_text("post_hooks: []")  # nobody reads it: no need to format it
    command = [str(TOOLS / "openapi-python-client"), "generate", "--fail-on-warning"]
    what = ["--path", str(COMMITTED), "--meta", "none"]
    where = ["--output-path", "heroes_client", "--config", "config.yml"]
    subprocess.run([*command, *what, *where], cwd=place, check=True, timeout=LIMIT)
    return place


def test_a_generated_client_does_the_whole_round_trip(server: Served, place: Path) -> None:
    ran = subprocess.run(
        [TOOLS / "python", PROGRAM, server.url],
        env=os.environ | {"PYTHONPATH": str(place)},
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
