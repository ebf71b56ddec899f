"""What the server logs: errors to standard error, one line a request to standard output."""

import copy
import logging
from typing import Any, cast

from uvicorn.config import LOGGING_CONFIG


class WithoutQuery(logging.Filter):
    """Drops the query string from access lines: it may hold what must not be logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        client, method, path, *rest = cast("tuple[str, ...]", record.args)
        record.args = (client, method, path.partition("?")[0], *rest)
        return True


def log_config() -> dict[str, Any]:
    """Return uvicorn's logging configuration with shortened access lines."""
    config = copy.deepcopy(LOGGING_CONFIG)
    config["filters"] = {"without_query": {"()": WithoutQuery}}
    config["handlers"]["access"]["filters"] = ["without_query"]
    config["loggers"]["entrypoints"] = {
        "handlers": ["default"],
        "level": "INFO",
        "propagate": False,
    }
    return config
