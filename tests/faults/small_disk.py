"""A PostgreSQL server on a small disk."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.postgres import NOBODY, PostgresServer, stopping
from tests.support.small_disk import small_disk


@contextmanager
def server_on_small_disk(*, log_elsewhere: bool) -> Iterator[PostgresServer]:
    """Run a server with its data, and unless ``log_elsewhere`` its WAL, on a separate disk."""
    with tempfile.TemporaryDirectory(prefix="heroes-disk-") as name:
        folder = Path(name)
        server = PostgresServer(folder)
        with small_disk(server.data, "100m", "mode=700", f"uid={NOBODY}", f"gid={NOBODY}"):
            log = [f"--waldir={folder / 'log'}"] if log_elsewhere else []
            server.create("--wal-segsize=1", *log)
            server.start(min_wal_size="2MB", max_wal_size="4MB")
            with stopping(server):
                yield server
