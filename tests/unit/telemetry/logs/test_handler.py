"""Log lines are written at once, or dropped and counted; nothing waits for their reader."""

import logging
import os
import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import closing
from fcntl import F_SETPIPE_SZ, fcntl
from io import StringIO
from typing import TextIO

import pytest

from entrypoints.telemetry.logs.dropped import dropped_lines
from entrypoints.telemetry.logs.handler import DroppingHandler
from entrypoints.telemetry.logs.writer import DROPPED
from tests.integration.ordinary_user import subject_to_permissions

SIZE = 4 * 4096
"""Size of the pipe in bytes."""

LINE = "x" * 999

COUNT = re.escape(DROPPED).replace("%d", r"(\d+)")

Pipe = tuple[int, TextIO]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """The end to read, and a stream that writes."""
    reading, writing = os.pipe()
    fcntl(writing, F_SETPIPE_SZ, SIZE)
    with os.fdopen(writing, "w") as stream:
        yield reading, stream
    os.close(reading)


@pytest.fixture(params=["opened again", "of another user"])
def handler(request: pytest.FixtureRequest, pipe: Pipe) -> Iterator[DroppingHandler]:
    """A handler of the pipe, which it may or may not open again."""
    _, stream = pipe
    if request.param == "opened again":
        handler = DroppingHandler(stream)
    else:
        os.fchmod(stream.fileno(), 0)
        with subject_to_permissions():
            handler = DroppingHandler(stream)
    with closing(handler):
        yield handler


def log(handler: logging.Handler, text: str = LINE) -> None:
    handler.handle(logging.makeLogRecord({"msg": text}))


def counted(lines: Iterable[str]) -> int:
    """Return how many lines were dropped, as the log says."""
    return sum(int(number) for line in lines for number in re.findall(COUNT, line))


def test_lines_that_do_not_fit_into_the_pipe_are_dropped_and_counted(
    pipe: Pipe, handler: DroppingHandler
) -> None:
    reading, _ = pipe
    before = dropped_lines.number
    for _ in range(50):
        log(handler)
    text = os.read(reading, 2 * SIZE).decode()
    log(handler, "the next line")
    lines = (text + os.read(reading, SIZE).decode()).splitlines()

    assert 0 < lines.count(LINE) < 50
    assert 50 == lines.count(LINE) + counted(lines)
    assert "the next line" == lines[-1]
    assert counted(lines) == dropped_lines.number - before


def test_a_line_longer_than_the_pipe_is_continued_before_the_next_one(
    pipe: Pipe, handler: DroppingHandler
) -> None:
    reading, _ = pipe
    long = "y" * (2 * SIZE - 100)

    log(handler, long)
    first = os.read(reading, SIZE)
    log(handler)
    second = os.read(reading, SIZE)
    handler.flush()

    assert f"{long}\n{LINE}\n"[: len(first + second)] == (first + second).decode()
    assert len(first + second) > len(long)


def test_the_number_of_dropped_lines_is_written_at_the_end(
    pipe: Pipe, handler: DroppingHandler
) -> None:
    reading, _ = pipe
    for _ in range(50):
        log(handler)
    text = os.read(reading, 2 * SIZE).decode()

    handler.flush()

    lines = (text + os.read(reading, SIZE).decode()).splitlines()
    assert 50 == lines.count(LINE) + counted(lines)


def test_lines_for_a_reader_that_has_gone_are_dropped() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stream, closing(DroppingHandler(stream)) as handler:
        os.close(reading)

        log(handler)

        assert 1 == handler.dropped


def test_lines_for_a_socket_that_is_not_read_are_dropped_and_counted() -> None:
    ours, theirs = socket.socketpair()
    with (
        closing(ours),
        closing(theirs),
        ours.makefile("w") as stream,
        closing(DroppingHandler(stream)) as handler,
    ):
        number = 0
        while not handler.dropped:
            log(handler)
            number += 1
        received = theirs.recv(1 << 20)
        log(handler, "the next line")
        received += theirs.recv(1 << 20)

    assert number > 1
    assert (DROPPED % 1).encode() in received
    assert received.endswith(b"the next line\n")


@pytest.mark.parametrize("text", ["plain", "\udcff"])
def test_a_stream_in_memory_gets_the_lines(text: str) -> None:
    stream = StringIO()

    log(DroppingHandler(stream), text)

    assert text.encode(errors="backslashreplace").decode() + "\n" == stream.getvalue()


def test_a_line_that_cannot_be_formatted_names_its_logger_and_no_argument() -> None:
    stream = StringIO()
    record = logging.makeLogRecord({"msg": "%d", "args": ("secret",), "name": "x", "lineno": 7})

    DroppingHandler(stream).handle(record)

    text = "a log line of x, line 7, could not be formatted: TypeError\n"
    assert text == stream.getvalue()
