"""A copy of the working tree with a database server of its own, in which one mutant is tested."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.postgres import postgres_server
from tests.support.tree_copy import copy_tree, environment_of

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
        copy_tree(root)
        shared = {"TEST_POSTGRES_URL": server.url(), "TEST_LIMIT": str(PROCESS_LIMIT)}
        yield WorkingCopy(root, environment_of(root) | shared)
