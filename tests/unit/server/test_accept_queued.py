"""Connections that the kernel has queued are accepted before the listening socket is closed."""

import socket
from contextlib import ExitStack

import pytest

from entrypoints.server.sockets import accept_queued, listen

LOOPBACK = "127.0.0.1"


@pytest.mark.parametrize("clients", [0, 1, 5])
def test_every_queued_connection_is_accepted_with_what_it_has_sent(clients: int) -> None:
    with ExitStack() as stack:
        listener = stack.enter_context(listen(LOOPBACK, 0))
        for number in range(clients):
            client = stack.enter_context(socket.create_connection(listener.getsockname()))
            client.sendall(b"%d" % number)

        accepted = [stack.enter_context(each) for each in accept_queued(listener)]

        assert {b"%d" % number for number in range(clients)} == {e.recv(1) for e in accepted}
        assert -1 == listener.fileno()


def test_accepted_sockets_do_not_block() -> None:
    with listen(LOOPBACK, 0) as listener, socket.create_connection(listener.getsockname()):
        (accepted,) = accept_queued(listener)
        with accepted, pytest.raises(BlockingIOError):
            accepted.recv(1)
