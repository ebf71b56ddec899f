"""The limit on open files, which processes inherit."""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.served import LIMIT


@contextmanager
def open_files_limit(limit: int) -> Iterator[None]:
    """Set the limit of this process, and of those that it starts, until the end of the block."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def wait_until_open(file: Path, times: int) -> None:
    """Wait until this process has that many descriptors of the file, which other threads open."""
    deadline = time.monotonic() + LIMIT
    while _count_open(file) < times:
        assert time.monotonic() < deadline


def _count_open(file: Path) -> int:
    names = Path("/proc/self/fd").iterdir()
    return sum(os.path.realpath(each) == str(file.resolve()) for each in names)


@contextmanager
def no_free_descriptor() -> Iterator[None]:
    """Let this process open no file until the end of the block."""
    with open(os.devnull) as file:  # noqa: PTH123 - it has the lowest descriptor that is free
        lowest = file.fileno()
    with open_files_limit(lowest):
        yield
