"""Logging of the server: errors to standard error, one line per request to standard output."""

import copy
import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from uvicorn.config import LOGGING_CONFIG
from uvicorn.logging import AccessFormatter

from entrypoints.server.logs.handler import DroppingHandler

PHRASES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class LogOptions:
    """What is logged: lines from ``level`` on, and whether each request is."""

    level: str
    has_requests: bool


class AccessLogFormatter(AccessFormatter):
    """uvicorn's access log format without the query string, which may contain private data.

    On a terminal uvicorn's formatter colours the line. Elsewhere the line is formatted here,
    because uvicorn's formatter takes as long as a database read.
    """

    def format(self, record: logging.LogRecord) -> str:
        client, method, path, version, status = cast("tuple[str, str, str, str, int]", record.args)
        path, _, _ = path.partition("?")
        if self.use_colors:
            record.args = (client, method, path, version, status)
            return super().format(record)
        status_line = PHRASES.get(status, f"{status} ")
        return f'{record.levelname}:     {client} - "{method} {path} HTTP/{version}" {status_line}'


def build_log_config(level: str) -> dict[str, Any]:
    """Return uvicorn's logging configuration with this formatter and the service's loggers.

    ``level`` is the lowest one of their lines, such as ``info``. Other loggers write warnings.
    """
    config = copy.deepcopy(LOGGING_CONFIG)
    config["formatters"]["access"]["()"] = AccessLogFormatter
    for handler in config["handlers"].values():
        handler["()"] = DroppingHandler
        del handler["class"]
    config["root"] = {"handlers": ["default"], "level": "WARNING"}  # asyncio's errors, for instance
    ours = {"handlers": ["default"], "propagate": False}
    config["loggers"] |= {"entrypoints": ours, "adapters": ours}
    for logger in config["loggers"].values():
        logger["level"] = level.upper()
    return config
