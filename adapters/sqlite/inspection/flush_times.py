"""Measure how long the disk of a database takes to flush a write."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from time import perf_counter

from adapters.sqlite.files import resolve
from service_layer.errors import UnusableDatabase

FLUSHES = 20
PAGE = bytes(4096)
"""What a small COMMIT appends to the log."""


def time_flushes(database: Path) -> Iterator[float]:
    """Yield the seconds of ``FLUSHES`` flushes, of a file beside the database without a name.

    Raises ``UnusableDatabase`` if the disk refuses it.
    """
    try:
        with TemporaryFile(dir=resolve(database).parent) as file:
            for _ in range(FLUSHES):
                os.pwrite(file.fileno(), PAGE, 0)
                start = perf_counter()
                os.fdatasync(file.fileno())
                yield perf_counter() - start
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UnusableDatabase(f"its folder cannot be written to: {reason}") from error
