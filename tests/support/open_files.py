"""The limit on open files, which processes inherit."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def open_files_limit(limit: int) -> Iterator[None]:
    """Set the limit of this process, and of those that it starts, until the end of the block."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def count_open(file: Path) -> int:
    """Return how many descriptors of this process are of the file."""
    names = Path("/proc/self/fd").iterdir()
    return sum(os.path.realpath(each) == str(file.resolve()) for each in names)


@contextmanager
def no_free_descriptor() -> Iterator[None]:
    """Let this process open no file until the end of the block."""
    with open(os.devnull) as file:  # noqa: PTH123 - it has the lowest descriptor that is free
        lowest = file.fileno()
    with open_files_limit(lowest):
        yield
