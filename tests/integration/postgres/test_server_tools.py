"""The lines that the commands print for PostgreSQL back up and restore a database."""

import os
import subprocess
from pathlib import Path

from tests.integration.processes import run
from tests.support.postgres import PostgresServer
from tests.support.served import LIMIT, ask, fresh_postgres, invoke

INSERT = "INSERT INTO hero (name, secret_name) VALUES ('{}', 'x')"
NAMES = "SELECT name FROM hero ORDER BY id"


def test_the_printed_lines_back_up_and_restore_a_database(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    with fresh_postgres(postgres.url()) as url:
        invoke(tmp_path / "unused.db", "migrate", database_url=url)
        ask(url, INSERT.format("Saved"))
        dump = str(tmp_path / "heroes.dump")

        backup = run("backup", tmp_path / "unused.db", dump, database_url=url)
        execute(backup.stderr, postgres)
        ask(url, INSERT.format("Lost"), "UPDATE hero SET name = 'Changed' WHERE id = 1")
        restore = run("restore", tmp_path / "unused.db", dump, database_url=url)
        execute(restore.stderr, postgres)

        assert (2, 2) == (backup.returncode, restore.returncode)
        assert [("Saved",)] == ask(url, NAMES)
        assert 0 == invoke(tmp_path / "unused.db", "migrate", "--check", database_url=url).exit_code


def execute(printed: str, postgres: PostgresServer) -> None:
    """Run the line for the shell, with the tools of the server's version."""
    sentence, line = printed.splitlines()
    assert sentence.startswith("heroes: ")
    subprocess.run(
        ["/bin/sh", "-c", line],
        env={**os.environ, "PATH": f"{postgres.binaries}:{os.environ['PATH']}"},
        check=True,
        timeout=LIMIT,
    )
