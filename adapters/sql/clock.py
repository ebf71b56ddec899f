"""The database's clock, in SQL: Unix times in whole seconds.

On PostgreSQL it shows the start of the transaction, as ``now()`` does.
"""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from adapters.sql.tables import Int64

SQLITE_TIME = "CAST(strftime('%s', 'now') AS INTEGER)"  # unixepoch() is newer than SQLite 3.35
POSTGRESQL_TIME = "CAST(floor(extract(epoch FROM now())) AS BIGINT)"


class database_time(GenericFunction[int]):  # noqa: N801 - SQLAlchemy's functions are in lower case
    """The current time of the database, or ``database_time(latest)`` if that is earlier."""

    type = Int64
    inherit_cache = True


@compiles(database_time, "sqlite")
def _on_sqlite(function: database_time, compiler: SQLCompiler, **options: Any) -> str:
    return _earlier("min", SQLITE_TIME, compiler.process(function.clauses, **options))


@compiles(database_time, "postgresql")
def _on_postgresql(function: database_time, compiler: SQLCompiler, **options: Any) -> str:
    return _earlier("least", POSTGRESQL_TIME, compiler.process(function.clauses, **options))


def _earlier(name: str, time: str, latest: str) -> str:
    return f"{name}({time}, {latest})" if latest else time
