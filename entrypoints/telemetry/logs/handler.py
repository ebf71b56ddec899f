"""The handler of the standard library's log records."""

import logging
from contextvars import Context
from typing import TextIO

from entrypoints.telemetry.logs.writer import DROPPED, DroppingWriter

UNFORMATTED = "a log line of %s, line %d, could not be formatted: %s"


class DroppingHandler(logging.Handler):
    """Writes a line for each record, or drops and counts those that cannot be written at once."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__()
        self._writer = DroppingWriter(stream, self._format_dropped)

    @property
    def dropped(self) -> int:
        """Number of lines that were dropped and are not reported yet."""
        return self._writer.dropped

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self._format_line(record)
        except Exception as error:  # noqa: BLE001 - as in the handlers of the standard library
            # The standard library would print the arguments, which may contain stored values.
            reason = type(error).__name__
            line = self._format_line(_warn(UNFORMATTED, record.name, record.lineno, reason))
        self._writer.write(line)

    def flush(self) -> None:
        """Write the number of dropped lines, if there are some and the stream has space."""
        self._writer.flush()

    def close(self) -> None:
        self._writer.close()
        super().close()

    def _format_line(self, record: logging.LogRecord) -> bytes:
        return _encode(self.format(record))

    def _format_dropped(self, number: int) -> bytes:
        return format_dropped(self, number)


def format_dropped(formatter: logging.Formatter | logging.Handler, number: int) -> bytes:
    """Return the line that says how many lines were dropped. It belongs to no request."""
    return _encode(Context().run(formatter.format, _warn(DROPPED, number)))


def _encode(line: str) -> bytes:
    return f"{line}\n".encode(errors="backslashreplace")


def _warn(message: str, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord(__name__, logging.WARNING, __file__, 0, message, arguments, None)
