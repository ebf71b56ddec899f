"""Databases with more heroes than anyone would want to send one by one."""

from pathlib import Path

from tests.integration.tutorial_database import connection_to
from tests.support.served import ask, invoke

SQLITE = "sqlite:///"


def fill(place: Path, url: str, crowd: str) -> None:
    """Migrate the empty database, and put heroes in by the statement ``crowd``."""
    invoke(place, "migrate", database_url=url)
    if url.startswith(SQLITE):
        with connection_to(Path(url.removeprefix(SQLITE))) as connection:
            connection.execute(crowd)
    else:
        ask(url, crowd, "VACUUM ANALYZE hero")
