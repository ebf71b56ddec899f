"""The short form of ``make example``: the page about the next aggregate, and its example.

The page is followed in a copy of the project, with all but what ``make`` does: checks of types and
tests on PostgreSQL take too long here.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.guide import ADDRESS, COMMAND
from tests.examples.example import LAYERS, MAX_ADDED, MAX_LINES, Example, in_layers
from tests.examples.laid_over import LaidOver
from tests.examples.page import Step, read_steps
from tests.support.served import serve
from tests.support.tree_copy import ROOT

TEAM, SWAP = Example("team"), Example("swap")

SHARED_LINES = {
    "adapters/sql/repositories.py": 2,
    "entrypoints/api/routers.py": 1,
    "service_layer/unit_of_work.py": 3,
    "tests/fakes/database.py": 2,
}
"""The lists, with the number of lines that a further aggregate adds to each."""

DURATION = re.compile(r"\d+\.\d+s$", re.MULTILINE)


def test_a_further_aggregate_takes_few_lines_and_changes_only_lists() -> None:
    assert TEAM.count_lines() <= MAX_LINES
    assert TEAM.count_added_lines() == SHARED_LINES
    assert in_layers(SHARED_LINES) <= MAX_ADDED


def test_the_page_shows_the_files_of_the_examples() -> None:
    steps = [step for step in read_steps() if step.path]
    shown = {step.path: step.text for step in steps if step.kind == "python"}
    patches = {step.path: step.text for step in steps if step.kind == "diff"}
    files = {
        name: (example.folder / name).read_text()
        for example in (TEAM, SWAP)
        for name in example.files
        if name in shown or name.startswith(LAYERS)
    }

    assert files == shown
    assert patches == {
        str(example.patch.relative_to(ROOT)): example.patch.read_text() for example in (TEAM, SWAP)
    }


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LaidOver:
    """A copy of the project, from which the servers of this test import."""
    tree = LaidOver(tmp_path / "tree")
    monkeypatch.setenv("PYTHONPATH", str(tree.root))
    return tree


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_steps_of_the_page_print_what_it_shows(tree: LaidOver, tmp_path: Path) -> None:
    shown, printed = [], []
    with ExitStack() as servers:
        url = ADDRESS
        for step in read_steps():
            for command, output in follow(step, tree):
                if command == "make run":
                    url = servers.enter_context(serve(tmp_path / "heroes.db")).url
                elif not command.startswith("make "):
                    ran = tree.run("sh", "-c", command.replace(ADDRESS, url))
                    shown.append((command, DURATION.sub("", output).rstrip()))
                    printed.append((command, DURATION.sub("", ran).rstrip()))

    assert shown == printed
    written = [*TEAM.files, *SWAP.files, *SHARED_LINES]
    tree.run("ruff", "check", *written)
    tree.run("ruff", "format", "--check", *written)
    tree.run("lint-imports", "--no-logo")


def follow(step: Step, tree: LaidOver) -> Iterator[tuple[str, str]]:
    """Write the file or apply the patch of a step, or yield its commands with their output."""
    if step.kind == "console":
        yield from COMMAND.findall(step.text)
    elif step.kind == "diff" and step.path:
        tree.apply(ROOT / step.path)
    elif step.path:
        written = tree.root / step.path
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(step.text)
