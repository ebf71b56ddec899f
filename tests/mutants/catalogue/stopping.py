"""Mistakes in the stop of a server."""

from tests.mutants.mutant import Mutant

SERVER = "entrypoints/server/lifecycle/graceful_server.py"
WORKERS = "entrypoints/server/lifecycle/workers.py"
FORCED_EXIT = "entrypoints/server/lifecycle/forced_exit.py"
PROTOCOL = "entrypoints/server/protocol.py"
REFUSING = "entrypoints/server/refusing/protocol.py"

CONNECTIONS = ["tests/integration/server/test_stopping_connections.py"]
GRACEFUL = "tests/integration/server/test_graceful_server.py"
STOPPING = ["tests/integration/server/test_stopping.py"]

MUTANTS = [
    Mutant(
        "the date of responses stands still while requests are finished",
        SERVER,
        "for counter in itertools.count():",
        "for counter in range(1):",
        ["tests/integration/server/test_graceful_server.py"],
    ),
    Mutant(
        "a listener that cannot be used leaves the database open",
        SERVER,
        "            await self.lifespan.shutdown()\n            sys.exit(STARTUP_FAILURE)",
        "            sys.exit(STARTUP_FAILURE)",
        ["tests/integration/server/test_failed_start.py"],
    ),
    Mutant(
        "a start that fails has uvicorn's exit code",
        "entrypoints/server/run.py",
        "raise SystemExit(START_FAILED) from None",
        "raise",
        ["tests/integration/server/test_failed_start.py"],
    ),
    Mutant(
        "a worker that cannot be started ends its parent with code 0",
        WORKERS,
        "        sys.exit(STARTUP_FAILURE)\n",
        "        pass\n",
        ["tests/integration/server/test_failed_start.py"],
    ),
    Mutant(
        "the signal is not seen before the drain has ended",
        SERVER,
        "        self._process.stop.set()\n",
        "",
        STOPPING,
    ),
    Mutant(
        "no connections are accepted during the drain",
        SERVER,
        "        await self._pause(self._process.times.drain)\n",
        "",
        STOPPING,
    ),
    Mutant(
        "responses do not announce the stop",
        PROTOCOL,
        "        if self._stop.is_set():\n            self.announce_close()\n",
        "",
        CONNECTIONS,
    ),
    Mutant(
        "pipelined requests are dropped",
        PROTOCOL,
        "if cycle.more_body or not self._reader.has_unread:",
        "if True:",
        CONNECTIONS,
    ),
    Mutant(
        "a request on a new connection is dropped",
        PROTOCOL,
        "if self._receive_timer.is_running and (cycle is None or cycle.response_complete):",
        "if False:",
        CONNECTIONS,
    ),
    Mutant(
        "a request that is arriving on an idle connection is dropped",
        PROTOCOL,
        "if self._receive_timer.is_running and (cycle is None or cycle.response_complete):",
        "if self._receive_timer.is_running and cycle is None:",
        CONNECTIONS,
    ),
    Mutant(
        "a new connection without a request gets a response",
        REFUSING,
        "if self._is_stopping and not self._reader.is_within_request:",
        "if False:",
        CONNECTIONS,
    ),
    Mutant(
        "queued connections are accepted and forgotten",
        SERVER,
        "            for connection in accept_queued(queue):\n",
        "            for connection in list(accept_queued(queue))[:0]:\n",
        [GRACEFUL],
    ),
    Mutant(
        "requests that do not end are not cancelled",
        SERVER,
        '            task.cancel("the server stops")\n',
        "            pass\n",
        [GRACEFUL],
    ),
    Mutant(
        "queued connections are reset",
        "entrypoints/server/sockets.py",
        "            accepted.append(connection)\n",
        "            connection.close()\n",
        ["tests/unit/server/test_accept_queued.py"],
    ),
    Mutant(
        "queued requests are started after the others were cancelled",
        "entrypoints/server/limits/admission.py",
        "            _, _, refuse = self._queue.popleft()\n            refuse()\n",
        "            self._queue.popleft()\n",
        ["tests/unit/server/limits/test_admission.py"],
    ),
    Mutant(
        "a process that cannot be closed does not end",
        SERVER,
        "        exit_after(self._process.times.close, self._process.apps.may_end)\n",
        "",
        STOPPING,
    ),
    Mutant(
        "a process ends before a replaced file is saved",
        FORCED_EXIT,
        "    while not may_end():\n        time.sleep(PAUSE)\n",
        "",
        STOPPING,
    ),
    Mutant(
        "SIGHUP ends a worker",
        WORKERS,
        "        signal.signal(signal.SIGHUP, signal.SIG_IGN)\n",
        "",
        STOPPING,
    ),
    Mutant(
        "SIGHUP ends the process",
        "entrypoints/server/run.py",
        "    signal.signal(signal.SIGHUP, signal.SIG_IGN)\n",
        "",
        STOPPING,
    ),
    Mutant(
        "a worker that starts is taken for one that hangs",
        WORKERS,
        "time.monotonic() - self._started < START_TIMEOUT",
        "time.monotonic() - self._started < 0",
        STOPPING,
    ),
    Mutant(
        "systemd is not notified of the start of workers",
        WORKERS,
        "            notify(READY)\n",
        "            pass\n",
        STOPPING,
    ),
]
