"""One admission control limits the requests of all connections of a process."""

import asyncio
import socket

import pytest
from anyio import wait_all_tasks_blocked
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from adapters.sqlite.database import CONCURRENCY
from entrypoints.composition.bounds import find_bounds
from entrypoints.composition.databases import open_database
from entrypoints.server.protocol import BoundedProtocol
from entrypoints.settings import Settings
from tests.integration.server.connecting import LOOPBACK, configure

pytestmark = pytest.mark.canary

FILE = "sqlite:///unused.db"
SERVER = "postgresql://heroes@127.0.0.1:1/heroes"

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def never_responding(_: Scope, _receive: Receive, _send: Send) -> None:
    await asyncio.Event().wait()


async def test_requests_on_several_connections_start_one_per_tick() -> None:
    loop = asyncio.get_running_loop()
    config, state = configure(never_responding, concurrency=1), ServerState()
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


@pytest.mark.parametrize(
    ("settings", "concurrency"),
    [
        (Settings(database_url=FILE), CONCURRENCY),
        (Settings(database_url=FILE, commit_batch=1, pool_size=1), CONCURRENCY),
        (Settings(database_url=SERVER, pool_size=10), 20),
        (Settings(database_url=SERVER, database_read_url=SERVER, pool_size=10), 40),
    ],
    ids=["file", "file without group commit", "server", "server with replicas"],
)
def test_the_admission_limit_depends_on_the_database_and_its_pool(
    settings: Settings, concurrency: int
) -> None:
    assert concurrency == find_bounds(open_database(settings), settings, LOOPBACK).concurrency
