"""Whatever connection it comes on, a request is begun when the process's admission lets it."""

import asyncio
import socket

from anyio import wait_all_tasks_blocked
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from entrypoints.http_protocol import BoundedConfig, BoundedProtocol, Bounds

GET = b"GET / HTTP/1.1\r\nHost: heroes\r\n\r\n"


async def never_answering(_: Scope, _receive: Receive, _send: Send) -> None:
    await asyncio.Event().wait()


async def test_requests_on_several_connections_are_begun_one_by_one() -> None:
    loop = asyncio.get_running_loop()
    bounds = Bounds(receive_timeout=30, at_once=1)
    config = BoundedConfig(never_answering, bounds, log_config=None)
    config.load()
    state = ServerState()
    pairs = [socket.socketpair() for _ in range(3)]
    protocols = []
    for ours, _ in pairs:
        connected = loop.create_connection(lambda: BoundedProtocol(config, state, {}), sock=ours)
        protocols.append((await connected)[1])

    for protocol in protocols:
        protocol.data_received(GET)

    assert 1 == len(state.tasks)
    await asyncio.sleep(0)
    assert 2 == len(state.tasks)
    await wait_all_tasks_blocked()
    assert 3 == len(state.tasks)

    for task in state.tasks:
        task.cancel()
    for protocol, (_, theirs) in zip(protocols, pairs, strict=True):
        protocol.transport.close()
        theirs.close()
