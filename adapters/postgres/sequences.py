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
    """Set each sequence past the highest id of its table. A sequence never goes back."""
    for name, ids in GENERATED_IDS.items():
        if _find_behind(connection, name, ids):
            # No other transaction can insert, so that the sequence stands still until the commit.
            connection.execute(text(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE"))
            if parameters := _find_behind(connection, name, ids):
                connection.execute(ADVANCE, parameters)


def _find_behind(connection: Connection, name: str, ids: str) -> dict[str, object]:
    """Return the parameters of ``ADVANCE``, or none if the sequence is past all ids."""
    sequence = connection.scalar(SEQUENCE, {"table": name, "column": ids})
    highest = connection.scalar(select(func.max(column(ids))).select_from(table(name)))
    if sequence is None or highest is None or highest < 1:
        return {}
    parameters = {"sequence": sequence, "highest": highest}
    return parameters if connection.scalar(IS_BEHIND, parameters) else {}
