"""A real ``heroes serve`` in its own process, on a free port."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any
from urllib.parse import urlsplit

import asyncpg
from typer.testing import CliRunner, Result

from entrypoints.cli import cli
from tests.support.restored_logging import restored_logging
from tests.support.route_handlers import SETTING

LIMIT = float(os.environ.get("TEST_LIMIT", "30"))
"""Seconds within which a process must start or stop. ``make mutants`` allows less."""

COMMAND = (str(Path(sys.executable).with_name("heroes")),)
"""The console script of the environment that runs the tests."""

MEASURED = "tests/integration/server/"
"""The tests whose server processes count for the coverage."""

UNMEASURED = ("HEROES_", "OTEL_", "COVERAGE_")

READY = re.compile(r"Heroes: +(http://\S+)/heroes/")


class Served:
    """A running server: its URL, its output, and how to stop it.

    stdout and stderr go to a log file named after ``database``, even if the settings name another
    database. ``wrapper`` is a command that runs the server as its own process, such as ``strace
    -D``.
    """

    def __init__(
        self,
        database: Path,
        settings: dict[str, str],
        options: Sequence[str] = (),
        wrapper: Sequence[str] = (),
    ) -> None:
        self.database = database
        self.log = database.with_suffix(".log")
        self._lines: Queue[str | None] = Queue()
        self.process = subprocess.Popen(
            [*wrapper, *COMMAND, "serve", *options],
            env=environment(database, port="0", **settings),
            cwd=database.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._log_output)
        self._reader.start()
        try:
            self.url = self._wait_until_ready()
        except BaseException:
            self.kill()
            raise
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        self.address = (host.strip("[]"), int(port))

    def terminate(self) -> int:
        """Send SIGTERM and return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self._wait()

    def kill(self) -> None:
        """Send SIGKILL."""
        self.process.kill()
        self._wait()

    def wait_until_printed(self, text: str, times: int) -> None:
        """Wait for this many lines with the text, after those of the start-up."""
        while times:
            line = self._lines.get(timeout=LIMIT)
            assert line is not None, f"the server ended: {self.output()}"
            times -= text in line

    def output(self) -> str:
        """Return the output of all servers on this database."""
        return self.log.read_text()

    def _wait(self) -> int:
        code = self.process.wait(LIMIT)
        self._reader.join(LIMIT)
        return code

    def _wait_until_ready(self) -> str:
        while (line := self._lines.get(timeout=LIMIT)) is not None:
            if found := READY.search(line):
                return found[1]
        raise RuntimeError(f"the server did not start: {self.output()}")

    def _log_output(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output, self.log.open("a", buffering=1) as log:
            for line in output:
                log.write(line)
                self._lines.put(line)
        self._lines.put(None)


@contextmanager
def serve(
    database: Path, *options: str, wrapper: Sequence[str] = (), **settings: str
) -> Iterator[Served]:
    """Serve the database file until the end of the block, unless the test stops the server itself.

    ``options`` are command-line options, such as ``--no-migrate``. ``settings`` are settings in
    lower case, without ``HEROES_``; ``database_url`` replaces the file. ``wrapper`` is that of
    ``Served``.
    """
    served = Served(database, settings, options, wrapper)
    try:
        yield served
    finally:
        if served.process.poll() is None:
            served.terminate()


def environment(database: Path, **settings: str) -> dict[str, str]:
    """Return the environment of a process with exactly these settings, and a log for people.

    With coverage a server takes nearly twice as long to start. So it is measured only in the tests
    of the server: the others test code that is also tested in this process.
    """
    url = f"sqlite:///{database}"
    chosen = {"database_url": url, "log_format": "console", **SETTING, **settings}
    is_measured = os.environ.get("PYTEST_CURRENT_TEST", "").startswith(MEASURED)
    excluded = ("HEROES_", "OTEL_") if is_measured else UNMEASURED
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(excluded)}
    return inherited | {f"HEROES_{name.upper()}": value for name, value in chosen.items()}


def invoke(database: Path, *arguments: str, **settings: str) -> Result:
    """Run the command in this process, which is faster than a subprocess."""
    with restored_logging():
        return CliRunner().invoke(cli, arguments, env=environment(database, **settings))


@contextmanager
def fresh_postgres(url: str, options: str = "") -> Iterator[str]:
    """Create an empty database on the server of ``url``, yield its URL, and drop it at the end."""
    name = f"heroes_{uuid.uuid4().hex}"
    ask(url, f"CREATE DATABASE {name} {options}")
    try:
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
    finally:
        ask(url, f"DROP DATABASE {name} WITH (FORCE)")


def ask(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements on a plain asyncpg connection; return the rows of the last."""
    with ThreadPoolExecutor(1) as thread:  # this thread may run an event loop
        return thread.submit(asyncio.run, _ask(url, statements)).result()


async def _ask(url: str, statements: Sequence[str]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            rows = [tuple(row) for row in await connection.fetch(statement)]
    finally:
        await connection.close()
    return rows
