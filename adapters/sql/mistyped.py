"""What is known about stored values outside the type of their column."""

import logging

log = logging.getLogger(__name__)


class MistypedValues:
    """Whether a database has mistyped values in the fields that queries filter and sort by.

    ``are_known``: it has. Then such queries compare what is shown, which no index serves.
    ``are_sought``: the table has not been looked over yet.
    """

    def __init__(self) -> None:
        self.are_known = False
        self.are_sought = True

    def record(self, *, found: bool) -> None:
        """Record the result of the look at the table, or that a row was met."""
        self.are_sought = False
        if found and not self.are_known:
            self.are_known = True
            log.warning(
                "a table has values outside the type of their column; lists with a filter or with "
                "another order than by id read the whole table; the command check lists the rows"
            )
