"""A random file of SQLite is either refused and left as it is, or served without an error."""

import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st

from adapters.database import open_database, open_plain_database
from adapters.plain.connections import EngineOptions
from service_layer.database import Database
from tests.integration.hostile_tables.serving import EXAMPLES, check_served
from tests.integration.hostile_tables.sqlite_tables import sqlite_tables
from tests.integration.hostile_tables.values import CANARY
from tests.support.served import invoke


@pytest.mark.timeout(180 + 2 * EXAMPLES)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(statements=sqlite_tables(), session=st.sampled_from(("fast", "fast", "plain")))
async def test_a_file_is_refused_and_unchanged_or_served(
    caplog: pytest.LogCaptureFixture, statements: Sequence[str], session: str
) -> None:
    caplog.clear()
    caplog.set_level("DEBUG", "adapters")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "heroes.db"
        for statement in run_statements(path, statements):
            note(statement)
        before = contents(path)

        migrated = invoke(path, "migrate")
        note(f"{migrated.output}{migrated.exception!r}")
        event("refused" if migrated.exit_code else f"served, {session}")

        if migrated.exit_code:
            assert (1, "", 1) == (migrated.exit_code, migrated.stdout, lines(migrated.stderr))
            assert before == contents(path)
        else:
            await check_served(open_served(path, session), partial(number_of_rows, path))
        assert CANARY not in caplog.text + migrated.output


def open_served(path: Path, session: str) -> Database:
    if session == "plain":
        return open_plain_database(f"sqlite:///{path}", EngineOptions())
    return open_database(f"sqlite:///{path}")


def run_statements(path: Path, statements: Sequence[str]) -> Sequence[str]:
    """Run the statements, and return those that did not fail."""
    done = []
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            with suppress(sqlite3.Error):
                connection.execute(statement)
                done.append(statement)
    return done


def number_of_rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        ((number,),) = connection.execute("SELECT count(*) FROM hero")
    return int(number)


def contents(path: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in path.parent.iterdir()}


def lines(text: str) -> int:
    return len(text.splitlines())
