"""Statements: written in SQLAlchemy's language, compiled once, executed by the driver itself.

Executing through SQLAlchemy costs several times what SQLite needs to look up a row, and on
PostgreSQL a greenlet besides. What it does for a caller, it has done when the text is known: every
column here has a type that drivers take and give as it is.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import Dialect
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

MAY_SCAN = "may_scan"
"""Execution option of a statement that may read so many rows that it takes long."""

CACHE_SIZE = 1_000
"""Compiled statements that are cached for each dialect; the least recently used one is dropped."""


class Compiled(NamedTuple):
    """A statement's text, and the names of its parameters in the order of their places."""

    text: str
    names: Sequence[str]
    may_scan: bool

    def arguments(self, params: Mapping[str, Any]) -> list[Any]:
        """Return the values of ``params`` in their places."""
        return [params[name] for name in self.names]


def compiler(dialect: Dialect) -> Callable[[Executable], Compiled]:
    """Return what compiles statements for the dialect, each once as long as it is in use.

    All parameters of a statement have to be named ``bindparam``s.
    """

    @lru_cache(CACHE_SIZE)
    def compile_statement(statement: Executable) -> Compiled:
        form = cast("SQLCompiler", cast("ClauseElement", statement).compile(dialect=dialect))
        may_scan = bool(statement.get_execution_options().get(MAY_SCAN))
        return Compiled(form.string, tuple(form.positiontup or ()), may_scan)

    return compile_statement
