"""A start that fails after uvicorn took over: code 1, because 3 is that of a newer schema."""

import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import multiprocess

from entrypoints.http.middleware.fixed_paths import not_found
from entrypoints.server.lifecycle.process_config import (
    Admin,
    Apps,
    MakeApps,
    ProcessConfig,
    StopTimes,
)
from entrypoints.server.lifecycle.workers import run_workers
from entrypoints.server.run import run
from entrypoints.server.sockets import listen
from entrypoints.telemetry.logs.configuration import LogOptions
from tests.integration.server.connecting import LOOPBACK, configure
from tests.support.restored_logging import restored_logging

pytestmark = pytest.mark.canary

HANDLED = tuple(multiprocess.SIGNALS)
"""The signals that a server, or a parent of workers, handles."""

closed: list[FastAPI] = []
"""The applications that were shut down in this process."""


def make_failing(*_: object) -> Apps:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        raise RuntimeError
        yield

    return Apps(FastAPI(lifespan=lifespan), not_found, may_end=lambda: True)


def make_working(*_: object) -> Apps:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        closed.append(app)

    return Apps(FastAPI(lifespan=lifespan), not_found, may_end=lambda: True)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Yield a listener, and restore what a server changes in its process."""
    handlers = {number: signal.getsignal(number) for number in HANDLED}
    with restored_logging(), listen(LOOPBACK, 0) as listener:
        yield listener
    signal.set_wakeup_fd(-1)
    for number, handler in handlers.items():
        signal.signal(number, handler)


def start(make_apps: MakeApps, listener: socket.socket, admin: Admin | None = None) -> object:
    """Run a server whose start fails, and return its exit code."""
    log, bounds = LogOptions("error"), configure(not_found).bounds
    with pytest.raises(SystemExit) as exited:
        run(make_apps, listener, log=log, bounds=bounds, times=StopTimes(), admin=admin)
    return exited.value.code


def test_an_application_that_cannot_be_started_exits_with_1(listener: socket.socket) -> None:
    assert 1 == start(make_failing, listener)


def test_a_listener_that_cannot_be_used_exits_with_1_after_a_shutdown(
    listener: socket.socket, capfd: pytest.CaptureFixture[str]
) -> None:
    unusable = socket.socket()
    unusable.close()

    assert 1 == start(make_working, listener, Admin(unusable, configure(not_found).bounds))
    assert 1 == len(closed)
    assert "cannot accept connections: Bad file descriptor" in capfd.readouterr().err


def test_a_worker_that_cannot_be_started_ends_its_parent(listener: socket.socket) -> None:
    """One worker is enough to show it."""
    bounds = configure(not_found).bounds
    config = ProcessConfig(make_failing, bounds, times=StopTimes(), log_config=None, lifespan="on")

    with pytest.raises(SystemExit) as exited:
        run_workers(config, listener)

    assert STARTUP_FAILURE == exited.value.code
