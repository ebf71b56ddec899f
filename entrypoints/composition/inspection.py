"""Inspect the database of the settings, without changing it."""

from collections.abc import Iterator
from statistics import median
from typing import NamedTuple

from entrypoints.composition.databases import translate_errors
from service_layer.database import Database, IrregularRow, Replica
from service_layer.errors import NewerSchema, UnsupportedSchema


class Finding(NamedTuple):
    """A sentence about the database, and whether the service works with it."""

    text: str
    is_good: bool


def inspect_schema(database: Database) -> Finding:
    """Return whether the schema is up to date. Raises ``CannotStart``."""
    if database.is_in_memory:
        return Finding("created at each start", is_good=True)
    with translate_errors(database):
        try:
            pending = database.pending()
        except UnsupportedSchema:
            raise
        except NewerSchema as error:
            return Finding(str(error), is_good=True)
    if pending:
        text = f"migrations are pending: {', '.join(pending)}; `migrate` applies them"
        return Finding(text, is_good=False)
    return Finding("up to date", is_good=True)


def inspect_replicas(database: Database) -> Iterator[Finding]:
    """Yield a sentence for each replica. One that can not be used fails: reads would get 503."""
    for replica in database.inspect_replicas():
        yield Finding(f"{replica.name}: {_describe(replica)}", is_good=_is_usable(replica))


def _is_usable(replica: Replica) -> bool:
    return not (replica.failure or replica.pending)


def _describe(replica: Replica) -> str:
    if replica.failure:
        return f"{replica.failure}; reads get 503 while no other replica is available"
    if replica.pending:
        schema = f"migrations have not arrived: {', '.join(replica.pending)}"
    else:
        schema = replica.note or "schema up to date"
    return schema if replica.lag is None else f"{schema}, {replica.lag:.1f} s behind the primary"


def describe_flushes(database: Database) -> str:
    """Return how long the disk takes to make a write durable. Raises ``CannotStart``."""
    with translate_errors(database):
        times = [1000 * seconds for seconds in database.time_flushes()]
    if not times:
        return "none, the data is in memory"
    return f"median {median(times):.2f} ms, maximum {max(times):.2f} ms of {len(times)}"


def irregular_rows(database: Database) -> Iterator[IrregularRow]:
    """Yield the rows with mistyped values. Raises ``CannotStart``."""
    with translate_errors(database):
        yield from database.check()
