"""What the writer tells SQLite about transactions, in its order."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

from tests.integration.sqlite_events import on_statement

CONTROL = ("BEGIN IMMEDIATE", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")


@contextmanager
def transactions() -> Iterator[list[str]]:
    """List the statements that begin, divide and end transactions, as they come."""
    said: list[str] = []

    def tell(statement: str) -> None:
        if statement.startswith(CONTROL):
            said.append(statement)

    with on_statement(tell):
        yield said


def units_per_commit(said: Sequence[str]) -> list[int]:
    """Return how many units of work each COMMIT carried, without those that were undone."""
    ends = [0, *(place for place, statement in enumerate(said) if statement == "COMMIT")]
    batches = [said[before:end] for before, end in pairwise(ends)]
    return [batch.count("RELEASE unit") - batch.count("ROLLBACK TO unit") for batch in batches]
