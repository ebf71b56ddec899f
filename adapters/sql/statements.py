"""Statements are SQLAlchemy expressions. They are compiled once and executed by the driver.

To execute a statement through SQLAlchemy takes several times as long as the lookup of a row in
SQLite. On PostgreSQL it also needs a greenlet. Its conversion of values is not needed: all columns
have types that the drivers accept and return as they are.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import Dialect
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

MAY_SCAN = "may_scan"
"""Execution option of a statement whose number of read rows has no bound.

``True``, or the name of the only dialect on which it has none.
"""

ROW_LIMIT = "row_limit"
"""Execution option: the parameter that limits how many rows the statement reads."""

CACHE_SIZE = 1_000
"""Maximum number of cached statements of each dialect. The cache is LRU."""


class Compiled(NamedTuple):
    """A compiled statement. ``names`` are the parameter names in positional order."""

    text: str
    names: Sequence[str]
    may_scan: bool
    row_limit: str | None
    """The parameter that limits how many rows it reads, or ``None`` if it reads one at most."""

    def bind(self, params: Mapping[str, Any]) -> list[Any]:
        """Return the values of ``params`` in positional order."""
        return [params[name] for name in self.names]


def make_compiler(dialect: Dialect) -> Callable[[Executable], Compiled]:
    """Return a function that compiles statements for the dialect and caches the result.

    Every parameter of a statement must be a ``bindparam`` with a name.
    """

    @lru_cache(CACHE_SIZE)
    def compile_statement(statement: Executable) -> Compiled:
        compiled = cast("SQLCompiler", cast("ClauseElement", statement).compile(dialect=dialect))
        options = statement.get_execution_options()
        names = tuple(compiled.positiontup or ())
        may_scan = options.get(MAY_SCAN) in {True, dialect.name}
        return Compiled(compiled.string, names, may_scan, options.get(ROW_LIMIT))

    return compile_statement
