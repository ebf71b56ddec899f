"""A real ``heroes serve`` in a process of its own, on a port that the system picks."""

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

LIMIT = 30
"""Seconds after which a process that does not start or stop is a failure."""

COMMAND = (str(Path(sys.executable).with_name("heroes")),)
"""The console script of the environment that runs the tests."""

UNMEASURED = ("HEROES_", "COVERAGE_")

READY = re.compile(r"Heroes: +(http://\S+)/heroes/")


class Served:
    """A running server: where it answers, what it printed, and how to stop it.

    What it prints, errors included, goes to a file beside the database, or where a database file
    would be when the settings name another.
    """

    def __init__(
        self, database: Path, settings: dict[str, str], options: Sequence[str] = ()
    ) -> None:
        self.database = database
        self.log = database.with_suffix(".log")
        self._lines: Queue[str | None] = Queue()
        self.process = subprocess.Popen(
            [*COMMAND, "serve", *options],
            env=environment(database, port="0", **settings),
            cwd=database.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._keep_output)
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
        """End the process as a crash would: not one more line of it runs."""
        self.process.kill()
        self._wait()

    def wait_until_printed(self, text: str, times: int) -> None:
        """Return once this many lines with the text have come, those of the start not counted."""
        while times:
            line = self._lines.get(timeout=LIMIT)
            assert line is not None, f"the server ended: {self.output()}"
            times -= text in line

    def output(self) -> str:
        """Return all that servers of this database have printed."""
        return self.log.read_text()

    def _wait(self) -> int:
        code = self.process.wait(LIMIT)
        self._reader.join(LIMIT)
        return code

    def _wait_until_ready(self) -> str:
        while (line := self._lines.get(timeout=LIMIT)) is not None:
            if found := READY.match(line):
                return found[1]
        raise RuntimeError(f"the server did not start: {self.output()}")

    def _keep_output(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output, self.log.open("a", buffering=1) as log:
            for line in output:
                log.write(line)
                self._lines.put(line)
        self._lines.put(None)


@contextmanager
def serve(database: Path, *options: str, **settings: str) -> Iterator[Served]:
    """Serve the database file until the end, or until the test stops the server itself.

    ``options`` are the command's, such as ``--no-migrate``. ``settings`` are the names of settings
    in lower case, without ``HEROES_``; ``database_url`` takes the place of the file.
    """
    served = Served(database, settings, options)
    try:
        yield served
    finally:
        if served.process.poll() is None:
            served.terminate()


def environment(database: Path, **settings: str) -> dict[str, str]:
    """Return the environment of a process that has these settings and no others.

    Measuring coverage makes a server half as slow again, so only those on SQLite are measured: they
    run the same code, and what is PostgreSQL's own is measured in the tests' own process.
    """
    chosen = {"database_url": f"sqlite:///{database}", **settings}
    left_out = ("HEROES_",) if chosen["database_url"].startswith("sqlite") else UNMEASURED
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(left_out)}
    return inherited | {f"HEROES_{name.upper()}": value for name, value in chosen.items()}


def invoke(database: Path, *arguments: str, **settings: str) -> Result:
    """Run the command in this process, which takes less time than one of its own."""
    return CliRunner().invoke(cli, arguments, env=environment(database, **settings))


@contextmanager
def fresh_postgres(url: str, options: str = "") -> Iterator[str]:
    """Make an empty database on the server of ``url``, give its address, and drop it at the end."""
    name = f"heroes_{uuid.uuid4().hex}"
    ask(url, f"CREATE DATABASE {name} {options}")
    try:
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
    finally:
        ask(url, f"DROP DATABASE {name} WITH (FORCE)")


def ask(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements on a connection that knows nothing of the product; return the last's rows."""
    with ThreadPoolExecutor(1) as thread:  # there may be an event loop on this one
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
