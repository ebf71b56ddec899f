"""A PostgreSQL server on a small disk that can be filled: a tmpfs, if it can be mounted."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.postgres import NOBODY, PostgresServer, stopping

SIZE = "100m"
PAGE = b"\0" * 4096


@contextmanager
def server_on_small_disk(*, log_elsewhere: bool) -> Iterator[PostgresServer]:
    """Run a server with its data, and unless ``log_elsewhere`` its WAL, on a separate disk."""
    with tempfile.TemporaryDirectory(prefix="heroes-disk-") as name:
        folder = Path(name)
        server = PostgresServer(folder)
        with _mounted(server.data):
            log = [f"--waldir={folder / 'log'}"] if log_elsewhere else []
            server.create("--wal-segsize=1", *log)
            server.start(min_wal_size="2MB", max_wal_size="4MB")
            with stopping(server):
                yield server


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Use all free space on the disk of the directory, and free it at the end."""
    filler = folder / "filler"
    try:
        with filler.open("wb", buffering=0) as file:
            _write_until_full(file.fileno())
        yield
    finally:
        filler.unlink()


def _write_until_full(file: int) -> None:
    try:
        while os.write(file, PAGE) == len(PAGE):
            pass
    except OSError:
        return


@contextmanager
def _mounted(folder: Path) -> Iterator[None]:
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if os.geteuid() != 0 or mount is None or umount is None:
        pytest.skip("only root can mount a small disk")
    folder.mkdir()
    options = f"size={SIZE},mode=700,uid={NOBODY},gid={NOBODY}"
    mounting = subprocess.run(
        [mount, "-t", "tmpfs", "-o", options, "tmpfs", folder], check=False, capture_output=True
    )
    if mounting.returncode != 0:
        pytest.skip(f"a small disk can't be mounted here: {mounting.stderr.decode()}")
    try:
        yield
    finally:
        subprocess.run([umount, folder], check=True)
