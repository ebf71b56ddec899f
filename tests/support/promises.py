"""What the plain session does not guarantee, as listed in its page of the docs."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "plain-session.md"
LIST = "## What it does not promise"


def not_promised(name: str) -> str:
    """Return the list item titled ``name``, as the reason to skip a test.

    Raises ``KeyError`` if the list has no such item.
    """
    items = re.findall(r"^- \*\*(.+?):\*\* ((?:.+\n?)+?)(?=^- |\Z)", _list(), re.MULTILINE)
    sentences = {title: " ".join(text.split()) for title, text in items}
    return f"plain session, {name}: {sentences[name]}"


def _list() -> str:
    return PAGE.read_text().partition(LIST)[2]
