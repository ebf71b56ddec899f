"""Copies of the working tree, in which the tests of another state of the code can run."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def copy_tree(target: Path) -> None:
    """Copy the tracked and the new files of the repository into a new folder."""
    for name in _files():
        copied = target / name
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copied)


def environment_of(root: Path) -> dict[str, str]:
    """Return an environment in which every Python process imports from ``root``.

    The virtual environment has an editable installation, so the console script ``heroes`` would
    import the original. ``PYTHONPATH`` comes before it. Bytecode is not cached: Python would use
    the cache of the original for a changed file of the same size, made in the same second.
    """
    return os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}


def _files() -> list[str]:
    """Return the files of the repository that exist, without ignored ones."""
    git = shutil.which("git") or "git"
    command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]
