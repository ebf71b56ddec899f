"""A copy of the tree with an example laid over it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.examples.example import Example
from tests.support.tree_copy import copy_tree, environment_of

NOT_INHERITED = ("COVERAGE_", "HEROES_", "MAKE", "MFLAGS", "OTEL_", "PYTEST_")
"""How the names of variables begin that are not for the processes in the copy."""

BIN = Path(sys.executable).parent
"""The commands of the environment that runs this."""

STAMP = ".venv/dev.stamp"


class LaidOver:
    """A copy of the tree, as a repository that uses the virtual environment of the original."""

    def __init__(self, root: Path) -> None:
        self.root = root
        copy_tree(root)
        self.run("git", "init", "--quiet")
        self.run("git", "add", "--all")
        (root / ".venv").symlink_to(BIN.parent)

    def lay_over(self, example: Example) -> None:
        """Copy the example's files, none of which may exist, and apply its patch."""
        for name in example.files:
            copied = self.root / name
            if copied.exists():
                raise FileExistsError(f"{name} is in the tree: change it by a patch")
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(example.folder / name, copied)
        self.apply(example.patch)
        self.run("git", "add", "--intent-to-add", *example.files)

    def apply(self, patch: Path) -> None:
        """Apply a patch to the copy."""
        self.run("git", "apply", str(patch))

    def run(self, *command: str) -> str:
        """Run a command in the copy, and return its output. Raises ``AssertionError``."""
        completed = subprocess.run(
            [_find(command[0]), *command[1:]],
            cwd=self.root,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        shown = f"{' '.join(command)}\n{completed.stdout}"
        if completed.returncode:
            raise AssertionError(f"exit code {completed.returncode}: {shown}")
        return completed.stdout

    def make(self, *targets: str) -> str:
        """Run targets of the Makefile, which do not install anything."""
        return self.run("make", f"--old-file={STAMP}", *targets)

    def test(self, tests: Sequence[str], *options: str) -> str:
        """Run tests, and return the last line of the output."""
        ran = self.run("pytest", "--quiet", "-p", "no:cacheprovider", *options, *tests)
        return ran.splitlines()[-1]

    def _environment(self) -> dict[str, str]:
        given = environment_of(self.root).items()
        return {name: value for name, value in given if not name.startswith(NOT_INHERITED)}


def _find(command: str) -> str:
    """Return the path of a command: that of the virtual environment, if it has one."""
    searched = os.pathsep.join([str(BIN), os.environ["PATH"]])
    return shutil.which(command, path=searched) or command
