"""The transaction statements that the writer executes, in order."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

from tests.integration.sqlite_events import on_statement

CONTROL = ("BEGIN IMMEDIATE", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")


@contextmanager
def transactions() -> Iterator[list[str]]:
    """Record the statements that begin, divide and end transactions."""
    statements: list[str] = []

    def record(statement: str) -> None:
        if statement.startswith(CONTROL):
            statements.append(statement)

    with on_statement(record):
        yield statements


def units_per_commit(statements: Sequence[str]) -> list[int]:
    """Return how many units of work each COMMIT contained, without those rolled back."""
    ends = [0, *(index for index, statement in enumerate(statements) if statement == "COMMIT")]
    groups = [statements[before:end] for before, end in pairwise(ends)]
    return [group.count("RELEASE unit") - group.count("ROLLBACK TO unit") for group in groups]
