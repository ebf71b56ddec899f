"""The number of log lines of this process that could not be written."""

from collections.abc import Iterable

from service_layer.telemetry.measurements import Counter, Measurement


class DroppedLines:
    """Counts the lines that all writers of the process have dropped, also after they are closed."""

    def __init__(self) -> None:
        self.number = 0

    def count(self) -> None:
        """Count a line."""
        self.number += 1

    def measure(self) -> Iterable[Measurement]:
        """Return the number of lines."""
        description = "Log lines that were dropped, because the log could not be written."
        yield Counter("log_lines_dropped", description, self.number)


dropped_lines = DroppedLines()
"""Like the loggers, it is one for the process: the standard library creates the handlers."""
