"""What the plain session does not promise, as its page in the docs lists it."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "plain-session.md"
LIST = "## What it does not promise"


def not_promised(name: str) -> str:
    """Return the line of the list that begins with ``name``: why a test is skipped.

    Raises ``KeyError`` for a name that the list does not have.
    """
    items = re.findall(r"^- \*\*(.+?):\*\* ((?:.+\n?)+?)(?=^- |\Z)", _list(), re.MULTILINE)
    sentences = {title: " ".join(text.split()) for title, text in items}
    return f"plain session, {name}: {sentences[name]}"


def _list() -> str:
    return PAGE.read_text().partition(LIST)[2]
