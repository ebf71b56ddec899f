"""One server for each module. What is tested here does not depend on the database."""

from collections.abc import Iterator

import pytest

from tests.support.served import Served, serve


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with the default settings."""
    with serve(tmp_path_factory.mktemp("served") / "heroes.db") as served:
        yield served
