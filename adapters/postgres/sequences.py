"""Keep the sequences of ids past the ids of all rows.

Rows that are inserted with an id, or copied from elsewhere, do not advance the sequence. It would
return their ids again.
"""

from sqlalchemy import BigInteger, Connection, Table, bindparam, func, select, text

from adapters.sql.tables import metadata

HIGHEST = bindparam("highest", type_=BigInteger)
SEQUENCE = text("SELECT pg_get_serial_sequence(:table, :column)")
IS_BEHIND = text(
    "SELECT coalesce(pg_sequence_last_value(CAST(:sequence AS regclass)), 0) < :highest"
    " AND seqincrement > 0 FROM pg_sequence WHERE seqrelid = CAST(:sequence AS regclass)"
).bindparams(HIGHEST)
ADVANCE = text("SELECT setval(CAST(:sequence AS regclass), :highest)").bindparams(HIGHEST)


def advance_sequences(connection: Connection) -> None:
    """Set each sequence past the highest id of its table. A sequence never goes back."""
    for table in metadata.tables.values():
        if table.autoincrement_column is not None and _is_behind(connection, table):
            # No other transaction can insert, so that the sequence stands still until the commit.
            connection.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))
            if parameters := _is_behind(connection, table):
                connection.execute(ADVANCE, parameters)


def _is_behind(connection: Connection, table: Table) -> dict[str, object]:
    """Return the parameters of ``ADVANCE``, or none if the sequence is past all ids."""
    (column,) = table.primary_key
    sequence = connection.scalar(SEQUENCE, {"table": table.name, "column": column.name})
    highest = connection.scalar(select(func.max(column)))
    parameters = {"sequence": sequence, "highest": highest}
    if None in parameters.values() or highest < 1:
        return {}
    return parameters if connection.scalar(IS_BEHIND, parameters) else {}
