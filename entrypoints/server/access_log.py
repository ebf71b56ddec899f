"""What the server logs: errors to standard error, one line a request to standard output."""

import copy
import logging
from http import HTTPStatus
from typing import Any, cast

from uvicorn.config import LOGGING_CONFIG
from uvicorn.logging import AccessFormatter

PHRASES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


class AccessLines(AccessFormatter):
    """uvicorn's access lines, without the query string: it may hold what must not be logged.

    On a terminal they are coloured. Elsewhere the same line is put together at once, for uvicorn's
    way of doing it takes as long as a read of the database.
    """

    def format(self, record: logging.LogRecord) -> str:
        client, method, path, version, status = cast("tuple[str, str, str, str, int]", record.args)
        path, _, _ = path.partition("?")
        if self.use_colors:
            record.args = (client, method, path, version, status)
            return super().format(record)
        answer = PHRASES.get(status, f"{status} ")
        return f'{record.levelname}:     {client} - "{method} {path} HTTP/{version}" {answer}'


def log_config() -> dict[str, Any]:
    """Return uvicorn's logging configuration with these access lines."""
    config = copy.deepcopy(LOGGING_CONFIG)
    config["formatters"]["access"]["()"] = AccessLines
    config["loggers"]["entrypoints"] = {
        "handlers": ["default"],
        "level": "INFO",
        "propagate": False,
    }
    return config
