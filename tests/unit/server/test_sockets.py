"""Listening sockets."""

import socket
import struct
from pathlib import Path

import pytest

from entrypoints.server.sockets import BACKLOG, format_url, get_address, listen

MAX_BACKLOG = struct.Struct("=28xI")
"""The backlog of a listening socket in ``struct tcp_info`` (tcpi_sacked; tcp(7))."""


def test_the_kernel_queues_2048_connections() -> None:
    kernels = int(Path("/proc/sys/net/core/somaxconn").read_text())
    with listen("127.0.0.1", 0) as listener:
        info = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, MAX_BACKLOG.size)

    assert 2048 == BACKLOG
    assert (min(BACKLOG, kernels),) == MAX_BACKLOG.unpack(info)


@pytest.mark.parametrize(("name", "url"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
def test_the_address_of_a_socket_is_a_url(name: str, url: str) -> None:
    with listen(name, 0) as listener:
        port = listener.getsockname()[1]

        assert f"http://{url}:{port}" == format_url(listener)
        assert name == get_address(listener)
