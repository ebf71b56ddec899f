"""uvicorn's server with a stop that drops no request.

::

    signal      /readyz gets 503; responses say Connection: close
    + drain     no more connections are accepted, except those that have arrived already
    + linger    idle connections are closed
    + grace     requests that are not finished are cancelled, and get 503
    + close     the database is closed; the process ends
"""

import asyncio
import itertools
import logging
import socket
import sys
from collections.abc import Sequence
from types import FrameType
from typing import cast

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from entrypoints.server.lifecycle.admin_listener import AdminListener
from entrypoints.server.lifecycle.forced_exit import exit_after
from entrypoints.server.lifecycle.process_config import ProcessConfig
from entrypoints.server.lifecycle.service_manager import READY, STOPPING, notify
from entrypoints.server.protocol import BoundedProtocol
from entrypoints.server.sockets import accept_queued

LINGER = 0.1
"""Seconds in which a request may still arrive on an idle connection before that is closed.

The client may have sent it before it knew of the stop.
"""

CANCEL_TIMEOUT = 1.0
"""Seconds within which cancelled requests send their responses, before the database is closed."""

TICK = 0.1
"""Seconds between two calls of uvicorn's ``on_tick``, which gets their number."""

log = logging.getLogger(__name__)


class GracefulServer(uvicorn.Server):
    """Serves the applications of a process. A stop finishes the requests that were accepted.

    After a second SIGINT it waits neither for requests nor for the database.
    """

    def __init__(self, config: ProcessConfig) -> None:
        super().__init__(config)
        self._process = config
        self._admin: AdminListener | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._process.stop.set()
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
            await self._open_admin()
        except OSError as error:
            log.error("cannot accept connections: %s", error.strerror or type(error).__name__)  # noqa: TRY400 - no traceback needed
            for server in self.servers:
                server.close()
            await self.lifespan.shutdown()
            sys.exit(STARTUP_FAILURE)
        self._notify(READY)

    async def _open_admin(self) -> None:
        if self._process.admin is not None:
            listener, bounds = self._process.admin
            self._admin = AdminListener(self._process.apps.admin, bounds)
            await self._admin.open(listener)

    async def on_tick(self, counter: int) -> bool:
        should_exit = await super().on_tick(counter)
        if self._admin is not None:
            self._admin.set_headers(self.server_state.default_headers)
        return should_exit

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        ticker = asyncio.create_task(self._tick())
        try:
            await self._stop(sockets or [])
        finally:
            ticker.cancel()

    async def _tick(self) -> None:
        """Do what uvicorn does while it serves, such as setting the date of responses."""
        for counter in itertools.count():
            await self.on_tick(counter)
            await asyncio.sleep(TICK)

    async def _stop(self, sockets: Sequence[socket.socket]) -> None:
        log.info("Shutting down")
        self._notify(STOPPING)
        for connection in self._connections():
            connection.announce_close()
        await self._pause(self._process.times.drain)
        await self._stop_accepting(sockets)
        await self._pause(LINGER)
        for connection in self._connections():
            connection.shutdown()
        await self._finish_requests()
        exit_after(self._process.times.close, self._process.apps.may_end)
        if not self.force_exit:
            await self.lifespan.shutdown()
        if self._admin is not None:
            self._admin.close()

    def _notify(self, state: bytes) -> None:
        if not self._process.is_worker:  # the parent notifies it for all workers
            notify(state)

    def _connections(self) -> Sequence[BoundedProtocol]:
        return [cast("BoundedProtocol", each) for each in self.server_state.connections]

    async def _pause(self, seconds: float) -> None:
        """Wait while requests are served as before."""
        for _ in range(round(seconds / TICK)):
            if self.force_exit:
                return
            await asyncio.sleep(TICK)

    async def _stop_accepting(self, sockets: Sequence[socket.socket]) -> None:
        """Close the listening sockets. Accept the connections that the kernel has queued for them.

        The kernel would reset those, with their requests, when the last process closes the socket.
        """
        queue = sockets[0].dup() if sockets else None
        for server in self.servers:
            server.close()
        for each in sockets:
            each.close()
        if queue is not None:
            for connection in accept_queued(queue):
                await asyncio.get_running_loop().connect_accepted_socket(
                    self._make_protocol, connection
                )

    def _make_protocol(self) -> BoundedProtocol:
        return BoundedProtocol(self._process, self.server_state, self.lifespan.state)

    async def _finish_requests(self) -> None:
        """Wait for requests in progress. Cancel those that are not finished in time."""
        grace = self._process.times.grace
        try:
            await asyncio.wait_for(self._wait_tasks_to_complete(), grace)
        except TimeoutError:
            log.error(  # noqa: TRY400 - no traceback needed
                "requests that did not finish within %g s after the stop and are cancelled: %d",
                grace,
                len(self.server_state.tasks),
            )
            await self._cancel_requests()

    async def _cancel_requests(self) -> None:
        self._process.admission.refuse_queued()
        tasks = list(self.server_state.tasks)
        for task in tasks:
            task.cancel("the server stops")
        if tasks:
            await asyncio.wait(tasks, timeout=CANCEL_TIMEOUT)
