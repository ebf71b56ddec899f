"""The progress of a command on standard error: a bar in a terminal, otherwise lines."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, TaskID, TextColumn
from rich.progress import Progress as RichProgress

from service_layer.backup import Progress

INTERVAL = 5.0
"""Seconds between two lines about one activity."""

Clock = Callable[[], float]


class Speed:
    """The rate and the remaining time of an activity since its start."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._started = clock()

    def describe(self, done: int, total: int) -> str:
        """Return the bytes that are done, their rate, and the time left."""
        if not total:
            return ""
        rate = done / max(self._clock() - self._started, 0.001)
        left = f"{(total - done) / rate:.0f} s left" if rate else "unknown time left"
        return f"{decimal(done)} of {decimal(total)}, {decimal(int(rate))}/s, {left}"


class BarProgress:
    """``Progress`` with a bar for each activity. It moves if the number of bytes is not known."""

    def __init__(self, is_stopped: Callable[[], bool], bars: RichProgress) -> None:
        self.is_stopped = is_stopped
        self._bars = bars
        self._activity = ""
        self._task = TaskID(0)
        self._speed = Speed(time.monotonic)

    def report(self, activity: str, done: int = 0, total: int = 0) -> None:
        if activity != self._activity:
            self.finish()
            self._activity = activity
            self._speed = Speed(time.monotonic)
            self._task = self._bars.add_task(activity, total=None, detail="")
        if total:
            detail = self._speed.describe(done, total)
            self._bars.update(self._task, completed=done, total=total, detail=detail)

    def finish(self) -> None:
        """Fill the bar of the current activity."""
        if self._activity:
            self._bars.update(self._task, completed=1, total=1)


class LineProgress:
    """``Progress`` with a line at the end of each activity, and every ``INTERVAL`` before."""

    def __init__(
        self,
        is_stopped: Callable[[], bool],
        print_line: Callable[[str], None],
        clock: Clock = time.monotonic,
    ) -> None:
        self.is_stopped = is_stopped
        self._print_line = print_line
        self._clock = clock
        self._activity = ""
        self._next = 0.0
        self._speed = Speed(clock)

    def report(self, activity: str, done: int = 0, total: int = 0) -> None:
        if activity != self._activity:
            self._activity = activity
            self._speed = Speed(self._clock)
            self._next = self._clock() + INTERVAL
            if not total:
                self._print_line(activity)
        if total and (done == total or self._clock() >= self._next):
            self._next = self._clock() + INTERVAL
            self._print_line(f"{activity}: {self._speed.describe(done, total)}")


@contextmanager
def show_progress(is_stopped: Callable[[], bool], *, quiet: bool) -> Iterator[Progress]:
    """Show the progress of the block, unless ``quiet``."""
    if quiet:
        yield LineProgress(is_stopped, lambda _: None)
    elif sys.stderr is None or not sys.stderr.isatty():
        yield LineProgress(is_stopped, partial(typer.echo, err=True))
    else:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[detail]}"),
        )
        with RichProgress(*columns, console=Console(stderr=True)) as bars:
            progress = BarProgress(is_stopped, bars)
            yield progress
            progress.finish()
