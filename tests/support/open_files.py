"""The limit on open files, which processes inherit."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def open_files_limit(limit: int) -> Iterator[None]:
    """Set the limit of this process, and of those that it starts, until the end of the block."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
