"""Node.js and Fastify, which ``make bench`` installs with npm."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = ROOT / ".venv-peers/fastify/node_modules"
PROGRAM = ROOT / "tests/benchmarks/servers/fastify/server.cjs"

ENVIRONMENT = {"NODE_PATH": str(MODULES)}
"""Where the program, which is elsewhere, finds its packages."""


def find_node() -> Path | None:
    """Return Node.js of the npm package for this machine, or ``None`` if it is not installed."""
    return next(MODULES.glob("node-linux-*/bin/node"), None)


def reason_missing() -> str | None:
    """Return why Fastify cannot be started, or ``None`` if it can."""
    if find_node() is not None:
        return None
    if shutil.which("npm") is None:
        return "npm is not installed"
    return "its packages are not installed, or have no Node.js for this machine"


def command() -> Sequence[str]:
    """Return the command that runs the program."""
    return [str(find_node()), str(PROGRAM)]


def versions() -> dict[str, str]:
    """Return the versions of Fastify and Node.js, as far as they are installed."""
    packages = {"fastify": "fastify", "node": "node-linux-*"}
    return {
        name: json.loads(path.read_text())["version"]
        for name, folder in packages.items()
        for path in MODULES.glob(f"{folder}/package.json")
    }
