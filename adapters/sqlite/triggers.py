"""Find the trigger that refused a change, for the log.

SQLite reports the text of ``RAISE``, but not which trigger it is. The text is logged only if the
schema contains it: newer versions of SQLite also accept an expression, which may have values.
"""

import logging
import sqlite3

FIND = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND instr(sql, ?)"

log = logging.getLogger(__name__)


def log_trigger(connection: sqlite3.Connection, error: BaseException | None) -> None:
    """Log the names of the triggers with this text, at level debug."""
    if not log.isEnabledFor(logging.DEBUG):
        return
    literal = "'" + str(error).replace("'", "''") + "'"
    try:
        names = [name for (name,) in connection.execute(FIND, [literal])]
    except sqlite3.Error:
        return
    if names:
        log.debug("the change was refused by trigger %s: %s", " or ".join(names), error)
