"""A small disk that can be filled: a tmpfs, if it can be mounted."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PAGE = b"\0" * 4096


@contextmanager
def small_disk(folder: Path, size: str, *options: str) -> Iterator[Path]:
    """Create the folder, and mount a disk there. Skips the test if that is not possible.

    ``size`` and ``options`` are those of tmpfs, such as ``100m`` and ``mode=700``.
    """
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if os.geteuid() != 0 or mount is None or umount is None:
        pytest.skip("only root can mount a small disk")
    folder.mkdir()
    chosen = ",".join([f"size={size}", *options])
    mounting = subprocess.run(
        [mount, "-t", "tmpfs", "-o", chosen, "tmpfs", folder], check=False, capture_output=True
    )
    if mounting.returncode != 0:
        pytest.skip(f"a small disk can't be mounted here: {mounting.stderr.decode()}")
    try:
        yield folder
    finally:
        subprocess.run([umount, folder], check=True)


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
