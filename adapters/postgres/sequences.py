"""Keep the sequences of ids past the ids of all rows.

Rows that are inserted with an id, or copied from elsewhere, do not advance the sequence. It would
return their ids again.
"""

import logging

from sqlalchemy import BigInteger, Connection, bindparam, column, func, select, table, text
from sqlalchemy.exc import DBAPIError

from adapters.migrations.expected_columns import generated_ids
from adapters.postgres.errors import LOCK_NOT_AVAILABLE
from service_layer.errors import UnusableDatabase

HIGHEST = bindparam("highest", type_=BigInteger)

SEQUENCE = text("""
    SELECT coalesce(
        (
            SELECT CAST(sequence.oid::regclass AS text) FROM pg_attrdef
            JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum AND attname = :column
            JOIN pg_depend ON classid = 'pg_attrdef'::regclass AND objid = pg_attrdef.oid
            JOIN pg_class AS sequence ON sequence.oid = refobjid AND relkind = 'S'
            WHERE adrelid = to_regclass(:table) LIMIT 1
        ),
        pg_get_serial_sequence(:table, :column)
    )
""")
"""The sequence that the default of the column uses, or that of an identity column."""

IS_READABLE = text("SELECT has_sequence_privilege(:sequence, 'USAGE, SELECT')")
CYCLES = text("SELECT seqcycle FROM pg_sequence WHERE seqrelid = CAST(:sequence AS regclass)")
IS_BEHIND = text(
    "SELECT coalesce(pg_sequence_last_value(CAST(:sequence AS regclass)), 0) < :highest"
    " AND seqincrement > 0 FROM pg_sequence WHERE seqrelid = CAST(:sequence AS regclass)"
).bindparams(HIGHEST)
MAY_ADVANCE = text(
    "SELECT has_sequence_privilege(:sequence, 'UPDATE')"
    " AND has_table_privilege(:table, 'UPDATE, DELETE')"
)
LOCK_TIMEOUT = text("SET LOCAL lock_timeout = '3s'")
ADVANCE = text("SELECT setval(CAST(:sequence AS regclass), :highest)").bindparams(HIGHEST)

log = logging.getLogger(__name__)


def advance_sequences(connection: Connection) -> None:
    """Set each sequence to the highest id of its table, unless it is past that already.

    A sequence that counts down is not changed. Where the role may not, or a transaction holds a
    lock for long, a warning is logged instead. Raises ``UnusableDatabase`` for one with CYCLE.
    """
    for table_name, id_column in generated_ids().items():
        sequence = connection.scalar(SEQUENCE, {"table": table_name, "column": id_column})
        if sequence is None or not connection.scalar(IS_READABLE, {"sequence": sequence}):
            continue
        if connection.scalar(CYCLES, {"sequence": sequence}):
            raise UnusableDatabase(
                f"its sequence {sequence} would return used ids again; "
                f"use ALTER SEQUENCE {sequence} NO CYCLE"
            )
        if _highest_ahead(connection, table_name, id_column, sequence) and not _advance(
            connection, table_name, id_column, sequence
        ):
            log.warning(
                "the sequence %s is behind the ids of %s, so that POSTs get 409; "
                "set it with setval, as their owner",
                *(sequence, table_name),
            )


def _advance(connection: Connection, table_name: str, id_column: str, sequence: str) -> bool:
    """Advance the sequence, and return whether that was possible."""
    if not connection.scalar(MAY_ADVANCE, {"sequence": sequence, "table": table_name}):
        return False
    try:
        with connection.begin_nested():
            connection.execute(LOCK_TIMEOUT)
            # No other transaction can insert, so that the sequence stands still until the commit.
            connection.execute(text(f"LOCK TABLE {table_name} IN SHARE ROW EXCLUSIVE MODE"))
            highest = _highest_ahead(connection, table_name, id_column, sequence)
            if highest is not None:
                connection.execute(ADVANCE, {"sequence": sequence, "highest": highest})
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        return False
    return True


def _highest_ahead(
    connection: Connection, table_name: str, id_column: str, sequence: str
) -> int | None:
    """Return the highest id if the sequence is behind it."""
    highest = connection.scalar(select(func.max(column(id_column))).select_from(table(table_name)))
    if highest is None or highest < 1:
        return None
    values = {"sequence": sequence, "highest": highest}
    return int(highest) if connection.scalar(IS_BEHIND, values) else None
