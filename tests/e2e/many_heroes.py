"""Databases with many heroes, inserted by one statement."""

from pathlib import Path

from tests.integration.tutorial_database import connection_to
from tests.support.served import ask, invoke

SQLITE = "sqlite:///"


def fill(path: Path, url: str, insert: str) -> None:
    """Migrate the empty database, and run the statement ``insert``."""
    invoke(path, "migrate", database_url=url)
    if url.startswith(SQLITE):
        with connection_to(Path(url.removeprefix(SQLITE))) as connection:
            connection.execute(insert)
    else:
        ask(url, insert, "VACUUM ANALYZE hero")
