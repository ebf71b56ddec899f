"""The sessions of docs/api.md go as they are written there.

Each command is run by a shell, in order, against one server that began without heroes. The programs
are the guide's blocks of Python; each names its file in its first line.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.served import LIMIT, Served

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
ADDRESS = "http://127.0.0.1:8000"
"""Where the guide's server is."""

BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TURN = re.compile(r"^\$ (.*(?:(?<=\\)\n.*)*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
"""A command, which a backslash continues in the next line, and what it prints."""

FOLD = "\n    "
"""What the guide puts into a line that is too long for it."""

VARYING = re.compile(r"^(HTTP/1.1 \d+|date:) .*", re.MULTILINE)
"""Dates, and the phrases of statuses, which Python's versions do not agree on."""

PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl, as the guide's readers do")
def test_the_guides_sessions_go_as_it_shows_them(server: Served, tmp_path: Path) -> None:
    shown = sessions()
    for program in blocks("python"):
        name = program.partition("\n")[0].removeprefix("# ")
        (tmp_path / name).write_text(program)

    assert shown == [(command, printed(command, server.url, tmp_path)) for command, _ in shown]


def blocks(kind: str) -> list[str]:
    """Return the guide's blocks of code of this kind."""
    found = [text for name, text in BLOCK.findall(GUIDE.read_text()) if name == kind]
    assert found, f"no {kind} in the guide"
    return found


def sessions() -> list[tuple[str, str]]:
    """Return the guide's commands, each with what it shows of the answer."""
    turns = [turn for block in blocks("console") for turn in TURN.findall(block)]
    return [(command, comparable(response.replace(FOLD, ""))) for command, response in turns]


def printed(command: str, url: str, folder: Path) -> str:
    """Run the command against the server there, and return what of its output is compared."""
    ran = subprocess.run(
        ["/bin/sh", "-c", command.replace(ADDRESS, url)],
        cwd=folder,
        env=os.environ | {"PATH": PATH},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=LIMIT,
    )
    return comparable(ran.stdout)


def comparable(output: str) -> str:
    return VARYING.sub(r"\1", output).rstrip()
