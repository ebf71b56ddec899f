"""``deploy/Containerfile``: the linter accepts it, and what it copies is the service."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTAINERFILE = ROOT / "deploy" / "Containerfile"
TEXT = CONTAINERFILE.read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

HADOLINT = Path(sys.executable).with_name("hadolint")


@pytest.mark.skipif(not HADOLINT.exists(), reason="hadolint has no wheel for this platform")
def test_the_linter_accepts_it() -> None:
    linted = subprocess.run(
        [HADOLINT, "--no-color", CONTAINERFILE], capture_output=True, text=True, check=False
    )

    assert (0, "") == (linted.returncode, linted.stdout + linted.stderr)


def test_it_copies_exactly_the_packages_of_the_service() -> None:
    folders = re.findall(r"^COPY (\w+) \1$", TEXT, re.MULTILINE)

    assert PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == folders


def test_it_copies_files_that_exist() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", TEXT, re.MULTILINE)

    assert [name for line in copied for name in line.split() if not (ROOT / name).exists()] == []
    assert {PROJECT["project"]["readme"], "LICENSE", "requirements.lock"} <= set(
        " ".join(copied).split()
    )


def test_its_python_is_one_that_the_service_supports() -> None:
    (image,) = re.findall(r"^ARG PYTHON=(\d+)\.(\d+)-", TEXT, re.MULTILINE)
    required = PROJECT["project"]["requires-python"].removeprefix(">=").split(".")

    assert tuple(map(int, image)) >= tuple(map(int, required))


def test_it_runs_as_an_ordinary_user_and_chooses_no_authentication() -> None:
    (user,) = re.findall(r"^USER (.+)$", TEXT, re.MULTILINE)
    settings = dict(re.findall(r"(HEROES_\w+)=(\S+)", TEXT))

    assert int(user) >= 1000
    assert {"HEROES_HOST", "HEROES_DATABASE_URL"} == settings.keys()
