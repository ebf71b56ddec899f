"""The tutorial's file, taken over."""

from pathlib import Path

import pytest

from adapters.sqlite_database import SqliteDatabase
from tests.databases import open_sqlite
from tests.integration.tutorial_database import ID_FIRST, ID_LAST

BOTH_ORDERS = pytest.mark.parametrize("columns", [ID_LAST, ID_FIRST], ids=["id last", "id first"])
"""The two orders of columns that the tutorial's table may have."""


def adopted(path: Path) -> SqliteDatabase:
    database = open_sqlite(path)
    database.migrate()
    return database
