"""A server for each module, and clients that talk to it over a socket."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.served import Served, serve


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A real server on an empty database."""
    with serve(tmp_path_factory.mktemp("served") / "heroes.db") as served:
        yield served


@pytest.fixture
def client(server: Served) -> Iterator[httpx2.Client]:
    """A client of the module's server. Other tests' heroes may be there."""
    no_tls = False  # loading certificates that plain HTTP has no use for takes long
    with httpx2.Client(base_url=server.url, timeout=10, verify=no_tls) as client:
        yield client


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where a test that starts its own server may keep a database."""
    return tmp_path / "heroes.db"
