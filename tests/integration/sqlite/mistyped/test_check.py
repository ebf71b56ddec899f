"""``heroes check`` lists the rows with values outside the type of their column."""

from pathlib import Path

import pytest

from tests.integration.sqlite.mistyped.rows import make_mistyped_database
from tests.integration.tutorial_database import make_tutorial_database
from tests.support.databases import migrated_sqlite
from tests.support.served import invoke

LISTED = [
    "hero 20: secret_name",
    "hero 21: name, age",
    "hero 22: name, age",
    "hero 23: name, secret_name, age",
    "hero 24: name, age",
    "hero 25: age",
    "hero 26: age",
    "hero 27: name, age",
]


@pytest.mark.parametrize("session", ["fast", "plain"])
def test_mistyped_rows_are_listed_by_id_without_their_values(tmp_path: Path, session: str) -> None:
    database = make_mistyped_database(tmp_path / "database.db")
    migrated_sqlite(database).dispose()
    content = database.read_bytes()

    ended = invoke(database, "check", session=session)

    *listed, summary = findings(ended.stdout)
    assert LISTED == listed
    assert ": 8." in summary
    assert 1 == ended.exit_code
    assert content == database.read_bytes()


def test_a_clean_file_passes(tmp_path: Path) -> None:
    database = make_tutorial_database(tmp_path / "database.db")
    migrated_sqlite(database).dispose()

    ended = invoke(database, "check")

    assert 0 == ended.exit_code
    assert ["All values have the type of their column."] == findings(ended.stdout)


def test_a_file_that_is_missing_is_not_created(tmp_path: Path) -> None:
    database = tmp_path / "database.db"

    ended = invoke(database, "check")

    assert 1 == ended.exit_code
    assert ended.stderr.endswith("there is no such file\n")
    assert [] == list(tmp_path.iterdir())


def findings(output: str) -> list[str]:
    """Return the lines after those of the settings, the schema and the disk."""
    lines = output.splitlines()
    return lines[1 + next(i for i, line in enumerate(lines) if line.startswith("Flush time: ")) :]
