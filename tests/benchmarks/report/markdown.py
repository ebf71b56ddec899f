"""Markdown: tables, and figures in words."""

from collections.abc import Iterable, Sequence

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table with its first column to the left and the others to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows)) + "\n"


def words(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of words, all to the left."""
    return "\n".join(f"| {' | '.join(r)} |" for r in (head, ["---"] * len(head), *rows)) + "\n"


def milliseconds(microseconds: float) -> str:
    """Return a time with as many digits as mean something."""
    value = microseconds / 1000
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def times(ratio: float | None, otherwise: str = "") -> str:
    """Return a ratio, or what is said where there is none."""
    return otherwise if ratio is None else f"{ratio:.2f}"


def mebibytes(kibibytes: float) -> str:
    """Return an amount of memory."""
    return f"{kibibytes / 1024:.0f}"
