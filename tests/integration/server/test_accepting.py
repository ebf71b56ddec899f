"""Several waiting connections are accepted in one tick of the event loop, however long it takes."""

import asyncio
import socket
from collections import Counter
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

import uvloop

from entrypoints.server.sockets import ACCEPTS_PER_TICK, duplicate_listeners, listen
from tests.support.served import LIMIT, serve

CLIENTS = 2 * ACCEPTS_PER_TICK


async def accepted_per_tick(listener: socket.socket) -> list[int]:
    """Return how many connections each tick accepted, without ticks that accepted none."""
    loop = asyncio.get_running_loop()
    accepted: list[asyncio.BaseTransport] = []
    ticks = []

    class Counting(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            accepted.append(transport)

    async with AsyncExitStack() as servers, asyncio.timeout(LIMIT):
        for duplicate in duplicate_listeners(listener):
            await servers.enter_async_context(await loop.create_server(Counting, sock=duplicate))
        while len(accepted) < CLIENTS:
            before = len(accepted)
            await asyncio.sleep(0)
            ticks.append(len(accepted) - before)
        for transport in accepted:
            transport.close()
        await asyncio.sleep(0)
    return [number for number in ticks if number]


def test_several_waiting_clients_are_accepted_in_one_tick() -> None:
    with listen("127.0.0.1", 0) as listener, ExitStack() as connected:
        for _ in range(CLIENTS):
            connected.enter_context(socket.create_connection(listener.getsockname()))

        ticks = uvloop.run(accepted_per_tick(listener))

    assert [ACCEPTS_PER_TICK, ACCEPTS_PER_TICK] == ticks


def test_a_single_process_duplicates_its_listening_socket(tmp_path: Path) -> None:
    with serve(tmp_path / "heroes.db") as served:
        served.wait_until_printed("Application startup complete.", 1)
        opened = [file.readlink() for file in Path(f"/proc/{served.process.pid}/fd").iterdir()]

    sockets = Counter(name for name in map(str, opened) if name.startswith("socket:"))
    assert ACCEPTS_PER_TICK == max(sockets.values())
