"""What is logged, and where: requests on standard output, everything else on standard error."""

import atexit
import logging
import logging.config
import sys
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from entrypoints.exchanges import Exchange, Observer
from entrypoints.setting_types import LogFormat
from entrypoints.telemetry.logs.formats import is_json, may_colour
from entrypoints.telemetry.logs.handler import DroppingHandler, format_dropped
from entrypoints.telemetry.logs.records import RecordFormatter
from entrypoints.telemetry.logs.requests import FormatRequest, format_json, make_console_format
from entrypoints.telemetry.logs.uncaught import log_uncaught_exceptions
from entrypoints.telemetry.logs.writer import DroppingWriter

OWN_LOGGERS = ("adapters", "entrypoints", "service_layer", "uvicorn", "uvicorn.error")
"""The loggers with the level of the settings. uvicorn reads the level of the last one itself."""


@dataclass(frozen=True, slots=True)
class LogOptions:
    """Which lines are logged, in which format, and whether responses have a ``Server-Timing``."""

    level: str
    """The lowest level of the lines."""

    format: LogFormat = "auto"
    has_requests: bool = True
    """Whether each request is logged, if ``level`` is at most info."""

    has_timing: bool = False
    """Whether responses have a ``Server-Timing``."""


def build_log_config(options: LogOptions) -> dict[str, Any]:
    """Return the configuration of the standard library's loggers.

    The loggers of other libraries write warnings.
    """
    stream = sys.stderr
    formatter = {
        "()": RecordFormatter,
        "as_json": is_json(options.format, stream),
        "colours": may_colour(stream),
    }
    handler = {"()": DroppingHandler, "stream": "ext://sys.stderr", "formatter": "default"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"default": formatter},
        "handlers": {"default": handler},
        "root": {"handlers": ["default"], "level": "WARNING"},
        "loggers": {name: {"level": options.level.upper()} for name in OWN_LOGGERS},
    }


def start_logging(options: LogOptions) -> None:
    """Configure the loggers of this process, and log uncaught exceptions."""
    logging.config.dictConfig(build_log_config(options))
    log_uncaught_exceptions()


def open_request_log(
    options: LogOptions, probed_paths: Collection[str] = frozenset()
) -> Observer | None:
    """Return an observer that logs requests to standard output, or ``None`` if none are logged.

    Successful requests for ``probed_paths`` are at debug: probes send one every few seconds.
    """
    if not options.has_requests or logging.getLevelName(options.level.upper()) > logging.INFO:
        return None
    stream = sys.stdout
    as_json, colours = is_json(options.format, stream), may_colour(stream)
    format_request: FormatRequest = format_json if as_json else make_console_format(colours=colours)
    formatter = RecordFormatter(as_json=as_json, colours=colours)
    writer = DroppingWriter(stream, partial(format_dropped, formatter))
    atexit.register(writer.flush)
    has_probes = options.level == "debug"

    def log_request(exchange: Exchange) -> None:
        if exchange.path not in probed_paths or exchange.status >= HTTPStatus.BAD_REQUEST:
            writer.write(format_request(exchange))
        elif has_probes:
            writer.write(format_request(exchange, "debug"))

    return log_request
