"""Restore what a server that runs in the process of a test changes for its logs."""

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from entrypoints.telemetry.logs.configuration import OWN_LOGGERS

LOGGERS = (None, "uvicorn.access", "uvicorn.asgi", *OWN_LOGGERS)
"""The loggers whose level or handlers change. ``None`` is the root."""


@contextmanager
def restored_logging() -> Iterator[None]:
    """Restore the loggers and the hooks for uncaught exceptions after the block."""
    loggers = [(each, each.level, each.handlers[:]) for each in map(logging.getLogger, LOGGERS)]
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
        for logger, level, handlers in loggers:
            logger.setLevel(level)
            logger.handlers = handlers
        logging.captureWarnings(capture=False)
