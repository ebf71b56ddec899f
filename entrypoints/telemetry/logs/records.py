"""Format the records of the standard library's loggers."""

import logging
import time
from functools import partial

from structlog.processors import JSONRenderer
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict

from entrypoints.request_ids import current_request_id
from entrypoints.telemetry.logs.formats import format_time, make_renderer
from entrypoints.telemetry.logs.tracebacks import format_exception


class RecordFormatter(ProcessorFormatter):
    """Formats records as JSON or for the console, with the id of the request, if there is one."""

    def __init__(self, *, as_json: bool, colours: bool = False) -> None:
        describe = partial(describe_record, names_logger=as_json)
        super().__init__(processors=[describe, make_renderer(as_json=as_json, colours=colours)])


def describe_record(_: object, __: str, event: EventDict, *, names_logger: bool) -> EventDict:
    """Return the fields of a line: time, level, text, logger, request id and traceback."""
    record: logging.LogRecord = event["_record"]
    fields = _describe(record.created, record.levelname, event["event"])
    if names_logger:
        fields["logger"] = record.name
    if request_id := current_request_id.get():
        fields["request_id"] = request_id
    _, error, _ = event.get("exc_info") or (None, None, None)
    if error is not None:
        fields["exception"] = format_exception(error)
    return fields


def format_line(level: str, text: str) -> str:
    """Return the JSON line of a text that no logger writes, such as what a start prints."""
    return str(JSONRenderer()(None, level, _describe(time.time(), level, text)))


def _describe(created: float, level: str, text: str) -> EventDict:
    return {"timestamp": format_time(created), "level": level.lower(), "event": text.strip()}
