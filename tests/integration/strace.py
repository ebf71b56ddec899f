"""System calls of a process, recorded or made to fail by ``strace``."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.served import LIMIT

LINE = re.compile(
    r"(?P<thread>\d+) +(?:<\.\.\. (?P<resumed>\w+) resumed>|(?P<name>\w+)\()(?P<rest>.*)"
)
"""A call, or the end of a call that a line of another thread interrupts."""

UNFINISHED = " <unfinished ...>"
RESULT = re.compile(r"\) += (?P<result>-?\d+)")


class Call(NamedTuple):
    """A system call. ``started`` and ``ended`` are its lines in the record."""

    name: str
    arguments: str
    """As strace prints them: descriptors with their paths, strings with escapes."""

    result: int
    started: int
    ended: int

    def is_on(self, file: Path) -> bool:
        """Return whether the first argument is a descriptor of the file."""
        return self.arguments.partition(">")[0].endswith(f"<{file}")


def record(file: Path, *names: str) -> Sequence[str]:
    """Return the command that records these system calls of a command that follows it.

    Skips the test where that is impossible. Every byte that is written is recorded.
    """
    return (*_strace(), "-y", "-s", "4200", "-e", f"trace={','.join(names)}", "-o", str(file))


def record_every_name(file: Path) -> Sequence[str]:
    """Return the command that records the names of all calls of a command that follows it."""
    return (*_strace(), "-e", "abbrev=all", "-o", str(file))


def names(file: Path) -> set[str]:
    """Return the names of the recorded calls of a process that has ended."""
    matches = filter(None, map(LINE.match, _complete(file)))
    return {match["name"] or match["resumed"] for match in matches}


def inject(name: str, error: str, when: str, file: Path, *others: str) -> Sequence[str]:
    """Return the command that makes a system call fail in a command that follows it.

    ``when`` counts the calls of each thread, such as ``3`` or ``3+`` (strace(1)). The calls, and
    those with the ``others``' names, are recorded in ``file``. Skips the test where that is
    impossible.
    """
    traced, injection = ",".join((name, *others)), f"inject={name}:error={error}:when={when}"
    return (*_strace(), "-y", "-e", f"trace={traced}", "-e", injection, "-o", str(file))


def calls(file: Path) -> Sequence[Call]:
    """Return the recorded calls in the order in which they ended. The process must have ended."""
    unfinished: dict[str, tuple[str, str, int]] = {}
    found = []
    for number, line in enumerate(_complete(file)):
        if (match := LINE.match(line)) is None:
            continue  # a signal, or the end of a thread
        thread, rest = match["thread"], match["rest"]
        if match["resumed"]:
            name, before, started = unfinished.pop(thread)
            rest = before + rest
        else:
            name, started = match["name"], number
        if rest.endswith(UNFINISHED):
            unfinished[thread] = name, rest.removesuffix(UNFINISHED), started
        elif result := list(RESULT.finditer(rest)):
            end = result[-1]
            found.append(Call(name, rest[: end.start()], int(end["result"]), started, number))
    return found


@cache
def _strace() -> Sequence[str]:
    """Return strace's command. The process stays a child of the test, so that signals reach it."""
    program = shutil.which("strace")
    if program is None:
        pytest.skip("strace is not installed")
    command = (program, "-D", "-f", "-q")
    tried = subprocess.run(
        [*command, "-e", "trace=fsync", "-o", os.devnull, "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode != 0:
        pytest.skip(f"strace may not trace processes here: {tried.stderr.strip()}")
    return command


def _complete(file: Path) -> Sequence[str]:
    """Return the lines when strace has written the last one, which may be after the exit."""
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        lines = file.read_text().splitlines()
        process = lines[0].split()[0] if lines else ""
        if any([process, "+++"] == line.split(maxsplit=2)[:2] for line in reversed(lines)):
            return lines
        os.sched_yield()
    raise TimeoutError(f"strace did not finish {file}")
