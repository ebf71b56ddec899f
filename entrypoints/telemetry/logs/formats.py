"""The two formats of a log line: for people at a terminal, and JSON for programs.

One line in both::

    2026-11-27T08:15:30.123Z WARNING:  POST '/': the database is full request_id=5d2f9c
    {"timestamp": "2026-11-27T08:15:30.123Z", "level": "warning", "event": "POST '/': the ...
"""

import os
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import TextIO

from structlog.dev import Column, ConsoleRenderer, KeyValueColumnFormatter, plain_traceback
from structlog.processors import JSONRenderer
from structlog.typing import Processor

from entrypoints.setting_types import LogFormat

RESET, BRIGHT, DIM, CYAN, MAGENTA = "\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[36m", "\x1b[35m"
LEVEL_COLOURS = {
    "debug": CYAN,
    "info": "\x1b[32m",
    "warning": "\x1b[33m",
    "error": "\x1b[31m",
    "critical": "\x1b[91m",
}

LEVEL_WIDTH = 9


def is_json(log_format: LogFormat, stream: TextIO | None) -> bool:
    """Return whether lines on the stream are JSON."""
    return log_format == "json" or (log_format == "auto" and not _is_terminal(stream))


def may_colour(stream: TextIO | None) -> bool:
    """Return whether console lines are coloured: on a terminal, unless ``NO_COLOR`` is set."""
    return _is_terminal(stream) and not os.environ.get("NO_COLOR")


def make_renderer(*, as_json: bool, colours: bool) -> Processor:
    """Return the structlog processor that renders the fields of a line, in their order.

    JSON is ASCII, so no character of a text ends a line.
    """
    return JSONRenderer() if as_json else _make_console_renderer(colours=colours)


def format_time(seconds: float) -> str:
    """Return a time since the epoch in UTC, with milliseconds (RFC 3339)."""
    return _format_milliseconds(int(seconds * 1000))


@lru_cache(4)  # lines of one iteration of the event loop usually have the same
def _format_milliseconds(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{_format_second(seconds)}.{rest:03}Z"


@lru_cache(4)
def _format_second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and not stream.closed and stream.isatty()


def _make_console_renderer(*, colours: bool) -> ConsoleRenderer:
    reset, bright, dim, cyan, magenta = (
        (RESET, BRIGHT, DIM, CYAN, MAGENTA) if colours else ("",) * 5
    )
    columns: Sequence[Column] = [
        Column("timestamp", KeyValueColumnFormatter(None, dim, reset, str)),
        Column("level", _LevelFormatter(reset, LEVEL_COLOURS if colours else {})),
        Column("event", KeyValueColumnFormatter(None, bright, reset, str)),
        Column("", KeyValueColumnFormatter(cyan, magenta, reset, str)),
    ]
    # The default formatter of exceptions shows the values of local variables.
    return ConsoleRenderer(
        columns=list(columns), exception_formatter=plain_traceback, sort_keys=False
    )


class _LevelFormatter:
    """Formats a level as uvicorn does, such as ``INFO:``."""

    def __init__(self, reset: str, colours: dict[str, str]) -> None:
        self._reset = reset
        self._colours = colours

    def __call__(self, key: str, value: object) -> str:  # noqa: ARG002 - structlog's signature
        level = str(value)
        colour = self._colours.get(level, "")
        padding = " " * (LEVEL_WIDTH - len(level) - 1)
        return f"{colour}{level.upper()}{self._reset if colour else ''}:{padding}"
