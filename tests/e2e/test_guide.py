"""The sessions in docs/api.md print what the guide shows.

A shell runs the commands in order, against one server that starts without heroes. The programs are
the Python blocks of the guide; the first line of each is its file name.
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
"""The URL of the server in the guide."""

BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*(?:(?<=\\)\n.*)*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
"""A command, with backslash continuations, and its output."""

FOLD = "\n    "
"""How the guide breaks a line that is too long."""

LEFT_OUT = re.compile(
    r"^(?:x-content-type-options|content-security-policy|referrer-policy|x-request-id): .*\n",
    re.MULTILINE,
)
"""The security headers, which are the same in each response, and the id, which never is."""

VARYING = re.compile(r"^(HTTP/1.1 \d+|date:) .*", re.MULTILINE)
"""Dates, and reason phrases, which differ between Python versions."""

PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_sessions_of_the_guide_print_what_it_shows(server: Served, tmp_path: Path) -> None:
    expected = sessions()
    for program in blocks("python"):
        name = program.partition("\n")[0].removeprefix("# ")
        (tmp_path / name).write_text(program)

    assert expected == [
        (command, run_command(command, server.url, tmp_path)) for command, _ in expected
    ]


def blocks(kind: str) -> list[str]:
    """Return the code blocks of this kind in the guide."""
    found = [text for name, text in BLOCK.findall(GUIDE.read_text()) if name == kind]
    assert found, f"no {kind} in the guide"
    return found


def sessions() -> list[tuple[str, str]]:
    """Return the commands of the guide, each with the output that it shows."""
    commands = [command for block in blocks("console") for command in COMMAND.findall(block)]
    return [(command, comparable(response.replace(FOLD, ""))) for command, response in commands]


def run_command(command: str, url: str, folder: Path) -> str:
    """Run the command against the server at ``url``, and return the comparable output."""
    completed = subprocess.run(
        ["/bin/sh", "-c", command.replace(ADDRESS, url)],
        cwd=folder,
        env=os.environ | {"PATH": PATH},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=LIMIT,
    )
    return comparable(completed.stdout)


def comparable(output: str) -> str:
    return VARYING.sub(r"\1", LEFT_OUT.sub("", output)).rstrip()
