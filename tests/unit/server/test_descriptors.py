"""How many connections fit into the process's limit on open files."""

import resource

import pytest

from entrypoints.server.descriptors import MINIMUM, RESERVED, connection_capacity
from tests.support.open_files import open_files_limit


@pytest.mark.parametrize(
    ("limit", "reserved", "connections"),
    [
        (1024, 0, 1024 - RESERVED),
        (1024, 40, 1024 - RESERVED - 40),
        (RESERVED + MINIMUM + 1, 0, MINIMUM + 1),
        (RESERVED + MINIMUM, 1, MINIMUM),
        (8, 40, MINIMUM),
    ],
)
def test_the_database_and_the_server_keep_their_share(
    limit: int, reserved: int, connections: int
) -> None:
    with open_files_limit(limit):
        counted = connection_capacity(reserved=reserved)

    assert connections == counted


def test_without_a_limit_on_open_files_there_is_none_on_connections(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY,) * 2)

    assert connection_capacity(reserved=40) > 1_000_000
