"""Log uncaught exceptions and Python's warnings."""

import logging
import sys
import threading
from types import TracebackType

log = logging.getLogger(__name__)


def log_uncaught_exceptions() -> None:
    """Log them instead of printing them, which takes several lines and includes the message."""
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_exception
    threading.excepthook = lambda raised: _log_exception(*raised[:3])
    sys.unraisablehook = lambda raised: _log_exception(
        raised.exc_type, raised.exc_value, raised.exc_traceback
    )


def _log_exception(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    if not issubclass(kind, SystemExit):
        log.critical("uncaught exception", exc_info=(kind, error or kind(), trace))
