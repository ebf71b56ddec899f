"""A server in its own process, pinned to its core."""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from tests.benchmarks.contenders import Contender
from tests.benchmarks.cores import Cores

TIMEOUT = 10.0
"""Seconds without a response after which a server has stalled; also wrk's timeout."""

START_LIMIT = 30.0
ADDRESS = re.compile(r"(http://[\d.]+:\d+)")


class Server:
    """A running server. ``start_up`` is the seconds from its start to its first response."""

    def __init__(self, contender: Contender, database: str, cores: Cores, folder: Path) -> None:
        self.contender = contender
        self.database = database
        self._cores = cores
        self._log = folder / f"{contender.name.replace(' ', '-')}-{time.monotonic_ns()}.log"
        self.start()

    @property
    def name(self) -> str:
        return self.contender.name

    def start(self) -> None:
        """Start the process, and return once it has responded."""
        began = time.perf_counter()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._cores.on_server_core(self.contender.serving(self.database)),
                env=self.contender.environment(self.database),
                cwd=self._log.parent,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait(began + START_LIMIT)
        except BaseException:
            self.kill()
            raise
        self.start_up = time.perf_counter() - began

    def responds(self, timeout: float = TIMEOUT) -> bool:
        """Return whether GET of the first hero succeeds within the timeout."""
        try:
            return self.get("/heroes/1", timeout)[0] == 200
        except (OSError, HTTPException):
            return False

    def get(self, path: str, timeout: float = TIMEOUT) -> tuple[int, dict[str, str], bytes]:
        """Send a GET, and return the status, the headers (names in lower case) and the body."""
        return self.request("GET", path, None, timeout)

    def request(
        self, method: str, path: str, body: bytes | None, timeout: float = TIMEOUT
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request on its own connection. Raises ``OSError`` and ``HTTPException``."""
        parts = urlsplit(self.url)
        connection = HTTPConnection(str(parts.hostname), parts.port, timeout=timeout)
        try:
            headers = {"Content-Type": "application/json"}
            if self.contender.api_key:
                headers["Authorization"] = f"Bearer {self.contender.api_key}"
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return response.status, headers, response.read()
        finally:
            connection.close()

    def rss(self) -> int:
        """Return the resident memory in KiB; 0 after the end of the process.

        If the process only supervises the one that serves, like gunicorn's, it is that of the
        latter.
        """
        if self._process.poll() is not None:
            return 0
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return max(resident_memory(each) for each in (pid, *map(int, children)))

    def restart(self) -> None:
        """Kill the process, and start another on the same database."""
        self.kill()
        self.start()

    def log_tail(self) -> str:
        """Return the end of the process's output."""
        return self._log.read_text()[-2000:]

    def stop(self) -> None:
        """Terminate the process; kill it if it does not stop within ``TIMEOUT``."""
        self._process.terminate()
        try:
            self._process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Kill the process."""
        self._process.kill()
        self._process.wait()

    def _wait(self, deadline: float) -> None:
        while not (found := ADDRESS.search(self._log.read_text())):
            self._sleep_or_fail(deadline)
        self.url = found[1]
        while not self.responds(START_LIMIT):
            self._sleep_or_fail(deadline)

    def _sleep_or_fail(self, deadline: float) -> None:
        if self._process.poll() is not None or time.perf_counter() > deadline:
            raise RuntimeError(f"{self.name} did not start:\n{self.log_tail()}")
        time.sleep(0.002)


def resident_memory(pid: int) -> int:
    """Return the resident memory of a running process, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


@contextmanager
def side_by_side(
    contenders: list[tuple[Contender, str]], cores: Cores, folder: Path
) -> Iterator[list[Server]]:
    """Run a server for each contender and database URL until the end."""
    with ExitStack() as stack:
        servers = []
        for contender, database in contenders:
            server = Server(contender, database, cores, folder)
            stack.callback(server.stop)
            servers.append(server)
        yield servers
