"""The responses that clients do not read may take a limited number of bytes."""

import logging
from functools import partial

import pytest

from entrypoints.server.limits.unsent import MAX_UNSENT, UnsentResponses


class Connections:
    """Connections with unsent responses, and those that were aborted."""

    def __init__(self, max_bytes: int) -> None:
        self.aborted: list[str] = []
        self.unsent = UnsentResponses(max_bytes)

    def add(self, connection: str, size: int) -> None:
        self.unsent.add(connection, size, partial(self._abort, connection))

    def _abort(self, connection: str) -> None:
        """Abort a connection; it is then lost, as in the protocol."""
        self.aborted.append(connection)
        self.unsent.remove(connection)


def test_nothing_is_aborted_up_to_the_maximum() -> None:
    connections = Connections(100)

    connections.add("a", 60)
    connections.add("b", 40)

    assert [] == connections.aborted


def test_beyond_the_maximum_those_that_wait_longest_are_aborted() -> None:
    connections = Connections(100)
    for name in "abcd":
        connections.add(name, 30)
    assert ["a"] == connections.aborted

    connections.add("e", 70)

    assert ["a", "b", "c"] == connections.aborted


def test_connections_that_were_read_do_not_count() -> None:
    connections = Connections(100)
    connections.add("a", 60)
    connections.add("b", 40)
    connections.unsent.remove("a")

    connections.add("c", 60)

    assert [] == connections.aborted


def test_a_connection_counts_once_with_its_latest_size() -> None:
    connections = Connections(100)
    for size in (90, 50, 70):
        connections.add("a", size)

    connections.add("b", 30)
    assert [] == connections.aborted
    connections.add("c", 1)
    assert ["a"] == connections.aborted


def test_a_response_that_is_larger_than_the_maximum_is_aborted_itself() -> None:
    connections = Connections(100)

    connections.add("a", 101)
    connections.add("b", 100)

    assert ["a"] == connections.aborted


def test_removing_an_unknown_connection_changes_nothing() -> None:
    connections = Connections(100)
    connections.add("a", 100)

    connections.unsent.remove("b")
    connections.add("c", 1)

    assert ["a"] == connections.aborted


def test_the_maximum_is_32_mib() -> None:
    assert 32 * 1024 * 1024 == MAX_UNSENT


def test_the_maximum_is_logged_when_it_is_exceeded(caplog: pytest.LogCaptureFixture) -> None:
    connections = Connections(100)
    with caplog.at_level(logging.WARNING):
        for number in range(10):
            connections.add(str(number), 100)

    assert ["responses that clients do not read: 100 bytes; disconnected: 1"] == caplog.messages
