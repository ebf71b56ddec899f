"""Clients that come at once are let in together, however long a round of the event loop takes."""

import asyncio
import socket
from collections import Counter
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

import uvloop

from entrypoints.server.sockets import ACCEPTS_PER_TICK, duplicate_listeners, listen
from tests.support.served import LIMIT, serve

CLIENTS = 2 * ACCEPTS_PER_TICK


async def accepted_in_each_round(listener: socket.socket) -> list[int]:
    """Return how many connections were taken in each round in which one was, until all are."""
    loop = asyncio.get_running_loop()
    accepted: list[asyncio.BaseTransport] = []
    rounds = []

    class Counted(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            accepted.append(transport)

    async with AsyncExitStack() as servers, asyncio.timeout(LIMIT):
        for watched in duplicate_listeners(listener):
            await servers.enter_async_context(await loop.create_server(Counted, sock=watched))
        while len(accepted) < CLIENTS:
            before = len(accepted)
            await asyncio.sleep(0)
            rounds.append(len(accepted) - before)
        for transport in accepted:
            transport.close()
        await asyncio.sleep(0)
    return [number for number in rounds if number]


def test_so_many_that_wait_are_let_in_in_one_round() -> None:
    with listen("127.0.0.1", 0) as listener, ExitStack() as connected:
        for _ in range(CLIENTS):
            connected.enter_context(socket.create_connection(listener.getsockname()))

        rounds = uvloop.run(accepted_in_each_round(listener))

    assert [ACCEPTS_PER_TICK, ACCEPTS_PER_TICK] == rounds


def test_a_server_that_is_one_process_watches_its_socket_that_often(tmp_path: Path) -> None:
    with serve(tmp_path / "heroes.db") as served:
        served.wait_until_printed("Application startup complete.", 1)
        opened = [file.readlink() for file in Path(f"/proc/{served.process.pid}/fd").iterdir()]

    sockets = Counter(name for name in map(str, opened) if name.startswith("socket:"))
    assert ACCEPTS_PER_TICK == max(sockets.values())
