"""Log lines are written at once, or dropped and counted; nothing waits for their reader."""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import closing
from fcntl import F_SETPIPE_SZ, fcntl
from io import StringIO
from typing import TextIO

import pytest

from entrypoints.server.log_handler import DROPPED, DroppingHandler
from tests.integration.ordinary_user import subject_to_permissions

SIZE = 4096
"""Size of the pipe in bytes."""

LINE = "x" * 99

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
def handler(request: pytest.FixtureRequest, pipe: Pipe) -> DroppingHandler:
    """A handler of the pipe, which it may or may not open again."""
    _, stream = pipe
    if request.param == "opened again":
        return DroppingHandler(stream)
    os.fchmod(stream.fileno(), 0)
    with subject_to_permissions():
        return DroppingHandler(stream)


def log(handler: logging.Handler, text: str = LINE) -> None:
    handler.handle(logging.makeLogRecord({"msg": text}))


def test_lines_that_do_not_fit_into_the_pipe_are_dropped_and_counted(
    pipe: Pipe, handler: DroppingHandler
) -> None:
    reading, _ = pipe
    for _ in range(50):
        log(handler)
    first = os.read(reading, 2 * SIZE).decode()
    log(handler, "the next line")

    lines = (first + os.read(reading, SIZE).decode()).splitlines()

    written = lines.count(LINE)
    assert 0 < written < 50
    assert [(DROPPED % (50 - written)).strip(), "the next line"] == lines[written:]


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
    before = os.read(reading, 2 * SIZE).decode().count("\n")

    handler.flush()

    assert DROPPED % (50 - before) == os.read(reading, SIZE).decode()


def test_lines_for_a_reader_that_has_gone_are_dropped() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stream:
        handler = DroppingHandler(stream)
        os.close(reading)

        log(handler)


def test_lines_for_a_socket_that_is_not_read_are_dropped_and_counted() -> None:
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs), ours.makefile("w") as stream:
        handler = DroppingHandler(stream)
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
