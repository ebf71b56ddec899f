"""docs/next-aggregate.md, as steps to follow."""

import re
from typing import NamedTuple

from tests.support.tree_copy import ROOT

PAGE = ROOT / "docs" / "next-aggregate.md"

BLOCK = re.compile(
    r"^(?:`(?P<path>[^`\n]+)`:\n\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
"""A code block, after the name of the file that it is, if it is one."""


class Step(NamedTuple):
    """A code block: a file or a patch at ``path``, or commands with their output."""

    kind: str
    path: str | None
    text: str


def read_steps() -> list[Step]:
    """Return the steps in the order of the page."""
    blocks = BLOCK.finditer(PAGE.read_text())
    return [Step(block["kind"], block["path"], block["text"]) for block in blocks]
