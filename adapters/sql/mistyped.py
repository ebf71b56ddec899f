"""Whether a table has mistyped values: of another type than their column."""

import logging

from sqlalchemy import Table

log = logging.getLogger(__name__)


class MistypedValues:
    """Whether there are some in the fields of a table that queries filter and sort by.

    Text that is not UTF-8 is damaged, but not mistyped: it sorts and compares by its bytes.
    """

    def __init__(self, table: Table) -> None:
        self._table = table.name
        self.has_mistyped = False
        """Whether some were found. Then queries compare what is shown, which no index serves."""

        self.is_unchecked = True
        """Whether the table has not been searched yet."""

    def record(self, *, found: bool) -> None:
        """Record whether a search of the table, or a page, has found such a value."""
        self.is_unchecked = False
        if found and not self.has_mistyped:
            self.has_mistyped = True
            log.warning(
                "the table %s has values of another type than their column, or texts with a "
                "collation; lists with a filter or another order than by id read the whole table; "
                "the command check lists the rows",
                self._table,
            )


class MistypedTables(dict[Table, MistypedValues]):
    """What is known about the tables of a database."""

    def __missing__(self, table: Table) -> MistypedValues:
        self[table] = MistypedValues(table)
        return self[table]
