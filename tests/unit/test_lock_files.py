"""Locked packages are checked by their hashes, and may come from any registry."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NPM = [ROOT / "tests/e2e/clients/typescript", ROOT / "tests/benchmarks/servers/fastify"]
"""The folders with packages from npm."""

REGISTRY = re.compile(
    rb"\b(?:[\w-]+\.)*[\w-]*(?:npm|pypi|pythonhosted|registry|yarnpkg)[\w-]*\.(?:com|dev|io|net|org)\b",
    re.IGNORECASE,
)
"""The name of a host that is a package registry's."""


def test_no_file_names_the_host_of_a_package_registry() -> None:
    git = shutil.which("git")
    assert git is not None
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]

    assert {each / "package-lock.json" for each in NPM} <= set(files)
    assert [] == [
        str(file) for file in files if file.exists() and REGISTRY.search(file.read_bytes())
    ]


@pytest.mark.parametrize("folder", NPM)
def test_every_npm_package_has_a_hash_and_no_address(folder: Path) -> None:
    packages = json.loads((folder / "package-lock.json").read_text())["packages"]
    itself = packages.pop("")
    wanted = json.loads((folder / "package.json").read_text())

    assert wanted["dependencies"] == itself["dependencies"]
    assert packages
    for package in packages.values():
        assert package["integrity"].startswith("sha512-")
        assert "resolved" not in package


@pytest.mark.parametrize("folder", NPM)
def test_npm_writes_no_addresses_into_the_lock_file(folder: Path) -> None:
    assert "omit-lockfile-registry-resolved=true" in (folder / ".npmrc").read_text().splitlines()
