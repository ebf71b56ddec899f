"""Processes that are killed before one of the calls that make changes durable."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path

from adapters.sqlite.backups.replacement import finish_interrupted
from adapters.sqlite.backups.restore import restore
from tests.integration.file_events import Event, on_file_event
from tests.integration.sqlite.backups.databases import Observed
from tests.support.served import LIMIT

Moment = int | Event
"""The number of a call, from 1, or the call itself."""

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])


def kill_restore(path: Path, backup: Path, before: Moment) -> bool:
    """Restore, but kill the process before a call. Return whether it was killed."""
    return _was_killed(_restore, path, backup, before)


def kill_finishing(path: Path, before: Moment) -> bool:
    """Finish an interrupted restore, but kill the process. Return whether it was killed."""
    return _was_killed(_finish, path, before)


def _was_killed(target: Callable[..., None], *arguments: object) -> bool:
    process = FORKS.Process(target=target, args=arguments)
    process.start()
    process.join(LIMIT)
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode != 0


def _restore(path: Path, backup: Path, before: Moment) -> None:
    with on_file_event(_Kill(before)):
        restore(path, backup, Observed())


def _finish(path: Path, before: Moment) -> None:
    with on_file_event(_Kill(before)):
        finish_interrupted(path)


class _Kill:
    """Kills this process at an event."""

    def __init__(self, moment: Moment) -> None:
        self._moment = moment
        self._calls = 0

    def __call__(self, event: Event) -> None:
        self._calls += 1
        if self._moment in {event, self._calls}:
            os.kill(os.getpid(), signal.SIGKILL)
