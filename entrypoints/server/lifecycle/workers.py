"""Several processes that share a socket: uvicorn's supervisor, with ``GracefulServer``.

The supervisor has no parameter for the class of its processes, so the class is replaced in its
module.
"""

import logging
import os
import select
import signal
import socket
import sys
import threading
import time
from contextlib import suppress

from uvicorn.config import STARTUP_FAILURE
from uvicorn.server import Server
from uvicorn.supervisors import multiprocess

from entrypoints.server.lifecycle.graceful_server import GracefulServer
from entrypoints.server.lifecycle.process_config import ProcessConfig
from entrypoints.server.lifecycle.service_manager import READY, STOPPING, notify

REPLACED = "worker process %d has ended with exit code %d; another one is started"

START_TIMEOUT = 60.0
"""Seconds after which a worker that has not started is replaced."""

log = logging.getLogger(__name__)


def run_workers(config: ProcessConfig, listener: socket.socket) -> None:
    """Start the workers, replace those that die, and stop all on SIGTERM or SIGINT.

    If one of them cannot be started, all are stopped, and this process exits as that one did.
    """
    vars(multiprocess)["Process"] = Worker
    supervisor = Workers(config, [listener])
    supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        sys.exit(STARTUP_FAILURE)


class Worker(multiprocess.Process):
    """A worker, which ignores SIGHUP: a terminal that closes sends it to all processes.

    A worker answers the pings of its parent once its modules are imported. uvicorn kills a worker
    that does not answer within 5 s, which a start on a busy machine exceeds. So the first answer
    may take ``START_TIMEOUT``.
    """

    _is_starting = True
    _is_pinged = False

    def start(self) -> None:
        super().start()
        self._started = time.monotonic()

    def is_alive(self, timeout: float = 5) -> bool:
        if not self._is_starting:
            return super().is_alive(timeout)
        self._look_for_answer()
        return self.process.is_alive() and time.monotonic() - self._started < START_TIMEOUT

    def is_ready(self, timeout: float = 5) -> bool:
        return not self._is_starting and super().is_ready(timeout)

    def _look_for_answer(self) -> None:
        """Send one ping, and look for its answer without waiting."""
        with suppress(OSError, EOFError):
            if not self._is_pinged:
                self.parent_conn.send(b"ping")
                self._is_pinged = True
            if self.parent_conn.poll(0):
                self.parent_conn.recv()
                self._is_starting = False

    @property
    def server(self) -> Server:
        if self._server is None:
            assert isinstance(self.config, ProcessConfig)  # noqa: S101 - for the type
            self._server = GracefulServer(self.config)
        return self._server

    def target(self, sockets: list[socket.socket] | None = None) -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        super().target(sockets)


class Workers(multiprocess.Multiprocess):
    """The supervisor. It handles a signal at once, instead of within 0.5 s."""

    def __init__(self, config: ProcessConfig, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self._admin = config.admin
        self._is_ready = False
        self.should_exit = InterruptibleEvent()

    def handle_hup(self) -> None:
        """Ignore SIGHUP."""

    def keep_subprocess_alive(self) -> None:
        """Replace workers that have ended or hang. uvicorn logs that at level info only."""
        before = list(self.processes)
        super().keep_subprocess_alive()
        for old, new in zip(before, self.processes, strict=True):
            if old is not new:
                log.warning(REPLACED, old.pid, old.exitcode)
        if not self._is_ready and all(process.is_ready() for process in self.processes):
            self._is_ready = True
            notify(READY)

    def terminate_all(self) -> None:
        """Stop the workers.

        The parent closes its copies of the sockets first. So connections are refused as soon as the
        last worker has closed its own.
        """
        notify(STOPPING)
        for each in self.sockets:
            each.close()
        if self._admin is not None:
            self._admin.listener.close()
        super().terminate_all()


class InterruptibleEvent(threading.Event):
    """An event whose ``wait`` in the main thread also ends when a signal arrives."""

    def __init__(self) -> None:
        super().__init__()
        self._reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

    def wait(self, timeout: float | None = None) -> bool:
        if not self.is_set():
            readable, _, _ = select.select([self._reader], [], [], timeout)
            if readable:
                os.read(self._reader, select.PIPE_BUF)
        return self.is_set()
