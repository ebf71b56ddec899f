"""Runs of the ``heroes`` command that exit by themselves, and the files that they have open."""

import os
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.support.served import COMMAND, LIMIT, environment

Ended = subprocess.CompletedProcess[str]


def run(
    command: str, database: Path, *options: str, wrapper: Sequence[str] = (), **settings: str
) -> Ended:
    """Run ``heroes serve`` or ``heroes migrate``, and wait for its exit.

    ``wrapper`` is a command that runs it as its own process, such as ``nice``.
    """
    return subprocess.run(
        [*wrapper, *COMMAND, command, *options],
        env=environment(database, **settings),
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


def assert_one_sentence(ended: Ended, code: int, *words: str) -> None:
    """Check that the command exited with this code and one line on standard error."""
    assert code == ended.returncode, ended.stderr
    assert ended.stderr.startswith("heroes: "), ended.stderr
    assert 1 == len(ended.stderr.splitlines()), ended.stderr
    for word in words:
        assert word in ended.stderr
    assert not ended.stdout


def wait_until_open(database: Path, processes: int) -> None:
    """Wait until this many other processes have the file open."""
    deadline = time.monotonic() + LIMIT
    while len(holders(database)) < processes:
        assert time.monotonic() < deadline, f"only {len(holders(database))} opened the file"
        os.sched_yield()


def holders(database: Path) -> set[str]:
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            files = {file.readlink() for file in (process / "fd").iterdir()}
            if database in files and process.name != str(os.getpid()):
                found.add(process.name)
    return found
