"""A run of pytest in a working copy, with a time limit."""

import asyncio
import os
import re
import signal
import sys
import tempfile
import time
from asyncio.subprocess import STDOUT, Process
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import IO

from tests.mutants.working_copy import WorkingCopy

PLUGINS = ("-p", "tests.mutants.pytest_profile", "-p", "no:cacheprovider", "-p", "no:schemathesis")
PYTEST = ("-m", "pytest", *PLUGINS)
OPTIONS = ("--quiet", "--exitfirst")

TEST_LIMIT = 15
"""Seconds until a single test counts as hung."""

CLEANUP_LIMIT = 5
"""Seconds in which a run that is interrupted may stop what it has started."""

TIMED_OUT = "from pytest-timeout"
FAILED_TEST = re.compile(r"^(?:FAILED|ERROR) \S+?::(\w+)", re.MULTILINE)
"""A failed test in pytest's summary. A module that cannot be imported has no test's name."""


class Outcome(Enum):
    """How the tests ended."""

    PASSED = "passed"
    FAILED = "failed"
    HUNG = "hung"
    BROKEN = "broken"
    """pytest itself failed: a module cannot be imported, or there is no such test."""


@dataclass(frozen=True, slots=True)
class Run:
    """The outcome of a run, its duration in seconds, its output, and the first test that failed."""

    outcome: Outcome
    seconds: float
    output: str
    failed_test: str = ""


async def run_pytest(copy: WorkingCopy, tests: Sequence[str], limit: float) -> Run:
    """Run the tests until the first one fails, or until ``limit`` seconds have passed."""
    started = time.monotonic()
    command = (sys.executable, *PYTEST, *OPTIONS, f"--timeout={TEST_LIMIT}", *tests)
    with tempfile.TemporaryFile() as output:
        code = await _run(copy, command, output, limit)
        output.seek(0)
        text = output.read().decode(errors="replace")
    failed = FAILED_TEST.search(text)
    failed_test = failed[1] if failed else ""
    return Run(_outcome(code, text, failed_test), time.monotonic() - started, text, failed_test)


def _outcome(code: int | None, output: str, failed_test: str) -> Outcome:
    if code is None or (code == 1 and TIMED_OUT in output):
        return Outcome.HUNG
    if code == 0:
        return Outcome.PASSED
    return Outcome.FAILED if code == 1 and failed_test else Outcome.BROKEN


async def _run(
    copy: WorkingCopy, command: Sequence[str], output: IO[bytes], limit: float
) -> int | None:
    """Return the exit code, or ``None`` after the limit. No process of the command is left."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=copy.root,
        env=copy.environment,
        stdout=output,  # not a pipe: a process that the tests leave behind would keep it open
        stderr=STDOUT,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(limit):
            return await process.wait()
    except TimeoutError:
        await _interrupt(process)
        return None
    finally:
        _signal_group(process, signal.SIGKILL)
        await process.wait()


async def _interrupt(process: Process) -> None:
    """Let pytest stop servers that are not in its process group, as PostgreSQL is not."""
    _signal_group(process, signal.SIGINT)
    with suppress(TimeoutError):
        async with asyncio.timeout(CLEANUP_LIMIT):
            await process.wait()


def _signal_group(process: Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
