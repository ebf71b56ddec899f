"""The databases that must all keep the same contract."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from adapters.database import open_database
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.fakes import FakeDatabase


@contextmanager
def fake(_: Path) -> Iterator[UnitOfWorkFactory]:
    yield FakeDatabase()


@contextmanager
def sqlite(folder: Path) -> Iterator[UnitOfWorkFactory]:
    database = open_database(f"sqlite:///{folder}/heroes.db", patience=10)
    database.migrate()
    yield database
    database.dispose()


DATABASES: tuple[Callable[[Path], AbstractContextManager[UnitOfWorkFactory]], ...] = (
    fake,
    sqlite,
)


@pytest.fixture(params=DATABASES, ids=lambda database: database.__name__)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[UnitOfWorkFactory]:
    """An empty database of each kind in turn."""
    with request.param(tmp_path) as database:
        yield database
