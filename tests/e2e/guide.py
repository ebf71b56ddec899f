"""The sessions in docs/api.md: programs, commands, and what these print.

A program is a code block whose first line, a comment, is the name of its file.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support.served import LIMIT

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"

ADDRESS = "http://127.0.0.1:8000"
"""The URL of the server in the guide."""

SECTION = re.compile(r"^## (?:\d+\. )?(.*)\n", re.MULTILINE)

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

FILE_NAME = re.compile(r"(?:#|//) (\S+)\n")

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

Session = list[tuple[str, str]]
"""Commands, each with its comparable output."""


def sections() -> dict[str, str]:
    """Return the sections of the guide by their titles, without numbers."""
    _, *parts = SECTION.split(GUIDE.read_text())
    return dict(zip(parts[::2], parts[1::2], strict=True))


def write_programs(text: str, folder: Path) -> None:
    """Write the programs in the text into files."""
    named = [(FILE_NAME.match(block), block) for _, block in BLOCK.findall(text)]
    programs = {name[1]: block for name, block in named if name}
    assert programs, "no program in this part of the guide"
    for name, program in programs.items():
        (folder / name).write_text(program)


def session(text: str) -> Session:
    """Return the commands in the text, each with the output that it shows."""
    consoles = [block for kind, block in BLOCK.findall(text) if kind == "console"]
    commands = [command for console in consoles for command in COMMAND.findall(console)]
    assert commands, "no commands in this part of the guide"
    return [(command, comparable(response.replace(FOLD, ""))) for command, response in commands]


def run(commands: Session, folder: Path, replacements: dict[str, str]) -> Session:
    """Run the commands in a folder, and return them with the output that they print now."""
    return [(command, run_command(command, folder, replacements)) for command, _ in commands]


def run_command(command: str, folder: Path, replacements: dict[str, str]) -> str:
    """Run a command after these replacements of texts, in order. npx installs nothing."""
    replaced = command
    for old, new in replacements.items():
        replaced = replaced.replace(old, new)
    completed = subprocess.run(
        ["/bin/sh", "-c", replaced],
        cwd=folder,
        env=os.environ | {"PATH": PATH, "npm_config_offline": "true"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        timeout=LIMIT,
    )
    assert completed.returncode == 0, f"{replaced}\n{completed.stdout}"
    return comparable(completed.stdout)


def comparable(output: str) -> str:
    """Return the output without what varies."""
    return VARYING.sub(r"\1", LEFT_OUT.sub("", output)).rstrip()
