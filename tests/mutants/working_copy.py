"""A copy of the working tree with a database server of its own, in which one mutant is tested."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.postgres import postgres_server

ROOT = Path(__file__).parents[2]

PROCESS_LIMIT = 10
"""Seconds that a test waits for a process, or for a task that a mistake may block for ever."""


@dataclass(frozen=True, slots=True)
class WorkingCopy:
    """A directory with the files of the repository, and the environment of its processes."""

    root: Path
    environment: Mapping[str, str]


@contextmanager
def working_copy() -> Iterator[WorkingCopy]:
    """Copy the tracked and the new files, and start a server; remove both at the end."""
    temporary = tempfile.TemporaryDirectory(prefix="heroes-mutants-")
    with temporary as folder, postgres_server() as server:
        root = Path(folder) / "heroes"
        for name in _files():
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
        shared = {"TEST_POSTGRES_URL": server.url(), "TEST_LIMIT": str(PROCESS_LIMIT)}
        yield WorkingCopy(root, environment_of(root) | shared)


def environment_of(root: Path) -> dict[str, str]:
    """Return an environment in which every Python process imports from ``root``.

    The virtual environment has an editable installation, so the console script ``heroes`` would
    import the original. ``PYTHONPATH`` comes before it. Bytecode is not cached: Python would use
    the cache of the original for a mutant of the same size, made in the same second.
    """
    return os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}


def _files() -> list[str]:
    """Return the files of the repository that exist, without ignored ones."""
    git = shutil.which("git") or "git"
    command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]
