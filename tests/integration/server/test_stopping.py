"""The admin listener of a process, and its stop as clients see it."""

import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.integration.server.test_workers import TWO_WORKERS, workers_of
from tests.support.served import LIMIT, Served, fresh_postgres, serve

pytestmark = pytest.mark.canary

STOPPING = {
    "process": "the process is stopping",
    "database": "not checked",
    "schema": "not checked",
}
READY = {"process": "ok", "database": "ok", "schema": "ok"}


@pytest.fixture
def service_manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The socket on which systemd gets the states of a service."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(path))
        listener.settimeout(LIMIT)
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))
        yield listener


def admin_of(served: Served) -> str:
    """Return the URL of the admin listener."""
    found = re.search(r"^Admin: +(http://\S+)/readyz$", served.output(), re.MULTILINE)
    assert found is not None
    return found[1]


def test_a_failed_background_task_does_not_keep_the_database_from_being_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "histogram_0.db").write_bytes(b"damaged" * 1000)
    (tmp_path / "counter_0.db").write_bytes(b"damaged" * 1000)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))

    with serve(tmp_path / "heroes.db") as served:
        httpx2.get(f"{served.url}/heroes/")
        served.terminate()

    assert "a background task has failed" in served.output()
    assert "Application shutdown complete." in served.output()
    assert not (tmp_path / "heroes.db-wal").exists()


def test_until_the_drain_has_ended_everything_is_served_and_probes_get_503(
    tmp_path: Path, service_manager: socket.socket
) -> None:
    with serve(tmp_path / "heroes.db", drain="1.5", admin_port="0") as served:
        assert b"READY=1" == service_manager.recv(100)
        admin = admin_of(served)
        served.process.send_signal(signal.SIGHUP)
        before = [httpx2.get(f"{url}/readyz") for url in (served.url, admin)]
        elsewhere = httpx2.get(f"{admin}/heroes/")

        served.process.send_signal(signal.SIGTERM)
        assert b"STOPPING=1" == service_manager.recv(100)
        during = [httpx2.get(f"{url}/readyz") for url in (served.url, admin)]
        live, page = httpx2.get(f"{admin}/livez"), httpx2.get(f"{served.url}/heroes/")
        code = served.process.wait(LIMIT)

    assert [(200, READY)] * 2 == [(r.status_code, r.json()["checks"]) for r in before]
    assert 404 == elsewhere.status_code
    assert [(503, STOPPING)] * 2 == [(r.status_code, r.json()["checks"]) for r in during]
    assert (200, 200, []) == (live.status_code, page.status_code, page.json())
    assert ["close", "close"] == [r.headers["connection"] for r in (during[0], page)]
    assert 0 == code
    assert 1 == served.output().count('"GET /readyz '), "only a failure on the main port is logged"
    assert "Traceback" not in served.output()


def test_workers_share_the_admin_listener_and_ignore_sighup(
    tmp_path: Path, postgres_url: str, service_manager: socket.socket
) -> None:
    with (
        fresh_postgres(postgres_url) as url,
        serve(tmp_path / "served.db", *TWO_WORKERS, database_url=url, admin_port="0") as served,
    ):
        assert b"READY=1" == service_manager.recv(100)
        workers = workers_of(served)
        for process in (served.process.pid, *(int(worker.name) for worker in workers)):
            os.kill(process, signal.SIGHUP)
        admin = admin_of(served)
        checks = [httpx2.get(f"{admin}/readyz", timeout=LIMIT).json()["checks"] for _ in range(8)]
        started = time.monotonic()
        code = served.terminate()
        seconds = time.monotonic() - started

    assert [READY] * 8 == checks
    assert 2 == len(workers)
    assert workers == [worker for worker in workers if str(worker.name) in served.output()]
    assert 0 == code
    assert b"STOPPING=1" == service_manager.recv(100)
    assert "Traceback" not in served.output()
    assert "died" not in served.output()
    assert seconds < LIMIT / 3


HANGING = """
    import sys, threading, time
    from fastapi import FastAPI
    from contextlib import asynccontextmanager
    from entrypoints.composition.bounds import find_bounds
    from entrypoints.composition.databases import open_database
    from entrypoints.server import run, sockets
    from entrypoints.server.lifecycle.process_config import Apps, StopTimes
    from entrypoints.telemetry.logs.configuration import LogOptions
    from entrypoints.settings import Settings

    @asynccontextmanager
    async def lifespan(_):
        yield
        threading.Thread(target=time.sleep, args=(1000,)).start()
        time.sleep(1000)  # a disk that does not respond, on the event loop

    class MayEnd:
        calls = 0
        def __call__(self):
            self.calls += 1
            print("asked", flush=True)
            return self.calls > 1

    def make_apps(*_):
        app = FastAPI(lifespan=lifespan)
        return Apps(app, app, MayEnd())

    settings = Settings(database_url="sqlite:///unused.db")
    bounds = find_bounds(open_database(settings), settings, "127.0.0.1")
    log = LogOptions("info", "console", has_requests=False)
    run.run(make_apps, sockets.listen("127.0.0.1", 0), log=log, bounds=bounds,
        times=StopTimes(grace=0.1, close=0.1))
"""


def test_a_process_whose_database_cannot_be_closed_ends_when_it_may() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HANGING)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as output:
        started = ""
        while "startup complete" not in started:
            line = output.readline()
            assert line, f"the process has ended: {started}"
            started += line
        process.send_signal(signal.SIGTERM)
        printed = output.read()

    assert 0 == process.wait(LIMIT)
    assert 2 == printed.count("asked")
    assert "the database could not be closed within 0.1 s" in printed
