"""A real ``heroes serve`` in a process of its own, on a port that the system picks."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

LIMIT = 30
"""Seconds after which a process that does not start or stop is a failure."""

COMMAND = (str(Path(sys.executable).with_name("heroes")),)
"""The console script of the environment that runs the tests."""

READY = re.compile(r"Heroes: +(http://\S+)/heroes/")


class Served:
    """A running server: where it answers, what it printed, and how to stop it.

    What it prints, errors included, goes to a file beside the database.
    """

    def __init__(self, database: Path, settings: dict[str, str]) -> None:
        self.database = database
        self.log = database.with_suffix(".log")
        self._lines: Queue[str | None] = Queue()
        self.process = subprocess.Popen(
            [*COMMAND, "serve"],
            env=environment(database, port="0", **settings),
            cwd=database.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._keep_output)
        self._reader.start()
        self.url = self._wait_until_ready()
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
def serve(database: Path, **settings: str) -> Iterator[Served]:
    """Serve the database file until the end, or until the test stops the server itself.

    ``settings`` are the names of settings in lower case, without ``HEROES_``.
    """
    served = Served(database, settings)
    try:
        yield served
    finally:
        if served.process.poll() is None:
            served.terminate()


def environment(database: Path, **settings: str) -> dict[str, str]:
    """Return the environment of a process that has these settings and no others."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("HEROES_")}
    chosen = {"database_url": f"sqlite:///{database}", **settings}
    return inherited | {f"HEROES_{name.upper()}": value for name, value in chosen.items()}
