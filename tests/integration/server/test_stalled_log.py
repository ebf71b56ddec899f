"""A log reader that stalls stops no request and no SIGTERM."""

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import F_SETPIPE_SZ, fcntl
from pathlib import Path
from typing import IO

import httpx2

from tests.support.served import COMMAND, LIMIT, READY, environment

SIZE = 16 * 1024
"""Size of the pipe in bytes, once the server has started."""

REQUESTS = 300
"""More than the lines that fit into the pipe."""

Server = tuple["subprocess.Popen[bytes]", IO[bytes], str]


@contextmanager
def server_whose_output_is_not_read(database: Path) -> Iterator[Server]:
    """Yield the process, its output, and its URL."""
    process = subprocess.Popen(
        [*COMMAND, "serve"],
        env=environment(database, port="0"),
        cwd=database.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
    )
    assert process.stdout is not None
    try:
        with process.stdout as output:
            url = read_url(output)
            fcntl(output, F_SETPIPE_SZ, SIZE)
            yield process, output, url
    finally:
        process.kill()
        process.wait(LIMIT)


def read_url(output: IO[bytes]) -> str:
    """Read the output of the start."""
    text = ""
    while not text.endswith("\n") or "startup complete" not in text:
        text += output.read(1).decode()
    found = re.search(READY.pattern, text)
    assert found is not None, text
    return found[1]


def test_requests_and_sigterm_do_not_wait_for_the_reader(tmp_path: Path) -> None:
    with server_whose_output_is_not_read(tmp_path / "heroes.db") as (process, _, url):
        with httpx2.Client(base_url=url, timeout=LIMIT) as client:
            statuses = {client.get("/heroes/").status_code for _ in range(REQUESTS)}
        process.send_signal(signal.SIGTERM)

        assert 0 == process.wait(LIMIT)
    assert {200} == statuses


def test_the_log_says_how_many_lines_it_has_dropped(tmp_path: Path) -> None:
    with server_whose_output_is_not_read(tmp_path / "heroes.db") as (process, output, url):
        with httpx2.Client(base_url=url, timeout=LIMIT) as client:
            for _ in range(REQUESTS):
                client.get("/heroes/")
            written = output.read(SIZE)
            client.get("/heroes/")
        process.send_signal(signal.SIGTERM)
        written += output.read()

    dropped = sum(map(int, re.findall(rb"dropped, .+: (\d+)\n", written)))
    assert dropped > 0
    assert REQUESTS + 1 == written.count(b'"GET /heroes/') + dropped
