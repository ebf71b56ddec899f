"""A SQLite database, and a loop on which no timeout expires by itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.sqlite.database import SqliteDatabase
from tests.integration.sqlite.group_commit.interrupting import Interrupting
from tests.integration.sqlite_events import on_connection
from tests.support.databases import open_sqlite
from tests.support.loops import SlowLoop


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": SlowLoop}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The path of an empty database."""
    path = tmp_path / "heroes.db"
    open_sqlite(path).migrate()
    return path


@pytest.fixture
def database(path: Path) -> Iterator[SqliteDatabase]:
    database = open_sqlite(path)
    yield database
    database.dispose()


@pytest.fixture
def interrupted(path: Path) -> Iterator[Interrupting]:
    """Interrupts statements on every connection that is opened from now on."""
    assert path.exists()
    interrupting = Interrupting()
    with on_connection(interrupting.install):
        yield interrupting
