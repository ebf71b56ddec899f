"""The sessions in docs/adoption.md print what the page shows."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.guide import COMMAND, PATH
from tests.integration.tutorial_database import make_tutorial_database
from tests.support.served import LIMIT, environment, serve

PAGE = Path(__file__).parents[2] / "docs" / "adoption.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FLUSH_TIMES = re.compile(r"median [0-9.]+ ms, maximum [0-9.]+ ms")
APPLIED = re.compile(r"(Applied migration [0-9]{4}\.\n)+")
"""The migrations of a release. Each aggregate adds some."""

FOLDER = "/srv/heroes"
"""The folder of the database on the page."""

ROW = (1, "Deadpond", "Dive Wilson", None)

WITH_SERVER, WITHOUT_SERVER = (COMMAND.findall(block) for block in BLOCK.findall(PAGE.read_text()))

pytestmark = pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("sqlite3")), reason="needs curl and sqlite3"
)


def test_the_session_with_a_server_prints_what_the_page_shows(tmp_path: Path) -> None:
    database = make_tutorial_database(tmp_path / "database.db", rows=[ROW])

    with serve(database) as served:
        address = served.url.removeprefix("http://")
        commands = [command.replace("127.0.0.1:8000", address) for command, _ in WITH_SERVER]
        printed = [output(command, tmp_path) for command in commands]

    assert [comparable(shown) for _, shown in WITH_SERVER] == printed


def test_the_session_before_the_start_prints_what_the_page_shows(tmp_path: Path) -> None:
    printed = [output(command, tmp_path) for command, _ in WITHOUT_SERVER]

    assert [comparable(shown) for _, shown in WITHOUT_SERVER] == printed


def output(command: str, folder: Path) -> str:
    """Run the command in the folder, and return what it prints, with a line feed at the end."""
    ended = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=environment(folder, database_url="sqlite:///database.db") | {"PATH": PATH},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=LIMIT,
    )
    printed = comparable(ended.stdout.replace(str(folder), FOLDER))
    return printed if printed.endswith("\n") or not printed else f"{printed}\n"


def comparable(text: str) -> str:
    """Return the text without the folder, the times of flushes and the names of migrations."""
    return APPLIED.sub("Applied migrations.\n", FLUSH_TIMES.sub("", text.replace(f"{FOLDER}/", "")))
