"""Runs of the ``heroes`` command that end by themselves."""

import subprocess
from pathlib import Path

from tests.served import COMMAND, LIMIT, environment

Ended = subprocess.CompletedProcess[str]


def run(command: str, database: Path, **settings: str) -> Ended:
    """Run ``heroes serve`` or ``heroes migrate`` to its end."""
    return subprocess.run(
        [*COMMAND, command],
        env=environment(database, **settings),
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


def assert_one_sentence(ended: Ended, code: int, *words: str) -> None:
    """Check that the command stopped with this code and one line on standard error."""
    assert code == ended.returncode, ended.stderr
    assert ended.stderr.startswith("heroes: "), ended.stderr
    assert 1 == len(ended.stderr.splitlines()), ended.stderr
    for word in words:
        assert word in ended.stderr
    assert not ended.stdout
