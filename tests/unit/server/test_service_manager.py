"""The message to the service manager that this process serves."""

import asyncio
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from entrypoints.server.service_manager import notify_ready


@pytest.fixture(params=["path", "abstract"])
def manager(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[socket.socket]:
    """The socket of a service manager, as the environment names it."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@test-{uuid.uuid4().hex}"
    monkeypatch.setenv("NOTIFY_SOCKET", name)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(name.replace("@", "\0", 1) if name.startswith("@") else name)
        receiver.settimeout(0)
        yield receiver


async def notify_often() -> None:
    for _ in range(2000):  # the kernel refuses further messages after net.unix.max_dgram_qlen
        await notify_ready()


def test_the_service_manager_receives_that_the_process_is_ready(manager: socket.socket) -> None:
    asyncio.run(notify_ready())

    assert b"READY=1" == manager.recv(100)


def test_a_service_manager_that_does_not_receive_delays_nothing(manager: socket.socket) -> None:
    asyncio.run(notify_often())

    assert b"READY=1" == manager.recv(100)


@pytest.mark.parametrize("address", ["", "/no/such/socket", "no address", "@" + "x" * 200])
def test_without_a_service_manager_nothing_happens(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)

    asyncio.run(notify_ready())
