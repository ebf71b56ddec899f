"""The spans of a unit of work, named as by OpenTelemetry's conventions for databases.

A span names the operation and the table of a statement. Neither its text nor its parameters are
recorded.
"""

from contextlib import AbstractContextManager
from functools import lru_cache
from typing import cast

from sqlalchemy import TableClause
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.visitors import iterate

from adapters.sql.statements import CACHE_SIZE
from service_layer.telemetry.spans import Spans

ACQUIRE_LOCK = "acquire write lock"
ACQUIRE_CONNECTION = "acquire connection"


class StatementSpans:
    """The spans of statements for the database system, named as by OpenTelemetry."""

    def __init__(self, spans: Spans, system: str) -> None:
        self._spans = spans
        self._system = system

    def acquire(self, name: str) -> AbstractContextManager[object]:
        """Return the span of a wait for a lock or a connection."""
        return self._spans.span(name, {"db.system.name": self._system})

    def commit(self) -> AbstractContextManager[object]:
        """Return the span of a COMMIT."""
        return self._describe("COMMIT")

    def statement(self, statement: Executable) -> AbstractContextManager[object]:
        """Return the span of a statement."""
        return self._describe(*_describe(statement))

    def _describe(self, operation: str, table: str = "") -> AbstractContextManager[object]:
        attributes = {"db.system.name": self._system, "db.operation.name": operation}
        if table:
            attributes["db.collection.name"] = table
        return self._spans.span(f"{operation} {table}".rstrip(), attributes)


@lru_cache(CACHE_SIZE)
def _describe(statement: Executable) -> tuple[str, str]:
    """Return the operation of the statement, and the name of its first table, or ``""``."""
    operation = str(statement.__visit_name__).upper() if statement.is_dml else "SELECT"
    parts = iterate(cast("ClauseElement", statement))
    tables = (part.name for part in parts if isinstance(part, TableClause))
    return operation, next(tables, "")
