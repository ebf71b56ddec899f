"""Keep the sequences of ids past the ids of all rows.

Rows that are inserted with an id, or copied from elsewhere, do not advance the sequence. It would
return their ids again.
"""

from sqlalchemy import BigInteger, Connection, bindparam, column, func, select, table, text

from adapters.migrations.expected_columns import GENERATED_IDS

HIGHEST = bindparam("highest", type_=BigInteger)
SEQUENCE = text("SELECT pg_get_serial_sequence(:table, :column)")
IS_BEHIND = text(
    "SELECT coalesce(pg_sequence_last_value(CAST(:sequence AS regclass)), 0) < :highest"
    " AND seqincrement > 0 FROM pg_sequence WHERE seqrelid = CAST(:sequence AS regclass)"
).bindparams(HIGHEST)
ADVANCE = text("SELECT setval(CAST(:sequence AS regclass), :highest)").bindparams(HIGHEST)


def advance_sequences(connection: Connection) -> None:
    """Set each sequence to the highest id of its table, unless it is past that already.

    A sequence that counts down is not changed.
    """
    for table_name, id_column in GENERATED_IDS.items():
        if _advance_parameters(connection, table_name, id_column):
            # No other transaction can insert, so that the sequence stands still until the commit.
            connection.execute(text(f"LOCK TABLE {table_name} IN SHARE ROW EXCLUSIVE MODE"))
            if parameters := _advance_parameters(connection, table_name, id_column):
                connection.execute(ADVANCE, parameters)


def _advance_parameters(
    connection: Connection, table_name: str, id_column: str
) -> dict[str, object]:
    """Return the parameters of ``ADVANCE``, or none if the sequence is past all ids."""
    sequence = connection.scalar(SEQUENCE, {"table": table_name, "column": id_column})
    highest = connection.scalar(select(func.max(column(id_column))).select_from(table(table_name)))
    if sequence is None or highest is None or highest < 1:
        return {}
    parameters = {"sequence": sequence, "highest": highest}
    return parameters if connection.scalar(IS_BEHIND, parameters) else {}
