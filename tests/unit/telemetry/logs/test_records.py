"""The records of all loggers are lines in one of two formats, with the id of their request."""

import json
import logging
import re
from collections.abc import Iterator

import pytest

from entrypoints.request_ids import current_request_id
from entrypoints.telemetry.logs.formats import format_time
from entrypoints.telemetry.logs.records import RecordFormatter, format_line

SECRET = "canary7d0f3b9a41c85e26"  # noqa: S105

JSON = RecordFormatter(as_json=True)
CONSOLE = RecordFormatter(as_json=False)


@pytest.fixture
def request_id() -> Iterator[str]:
    token = current_request_id.set("mine")
    yield "mine"
    current_request_id.reset(token)


def record(message: str, *arguments: object, **more: object) -> logging.LogRecord:
    fields = {"name": "adapters.x", "levelno": logging.WARNING, "levelname": "WARNING"}
    return logging.makeLogRecord(
        fields | {"msg": message, "args": arguments, "created": 0.9999} | more
    )


def failed() -> object:
    with pytest.raises(KeyError) as info:
        raise KeyError(SECRET)
    return info.type, info.value, info.tb


def test_a_json_line_has_the_fields_in_their_order(request_id: str) -> None:
    line = JSON.format(record("%s %r: %s", "POST", "/", "the database is full"))

    fields = {
        "timestamp": "1970-01-01T00:00:00.999Z",
        "level": "warning",
        "event": "POST '/': the database is full",
        "logger": "adapters.x",
        "request_id": request_id,
    }
    assert list(fields.items()) == list(json.loads(line).items())


def test_a_console_line_is_readable(request_id: str) -> None:
    line = CONSOLE.format(record("the log has begun anew"))

    text = "1970-01-01T00:00:00.999Z WARNING:  the log has begun anew"
    assert f"{text} request_id={request_id}" == line


def test_a_line_outside_requests_has_no_id() -> None:
    assert "request_id" not in json.loads(JSON.format(record("x")))
    assert "request_id" not in CONSOLE.format(record("x"))


def test_a_line_that_has_no_exception_has_no_traceback() -> None:
    fields = json.loads(JSON.format(record("x", exc_info=(None, None, None))))

    assert "exception" not in fields


@pytest.mark.parametrize("formatter", [JSON, CONSOLE], ids=["json", "console"])
def test_a_traceback_contains_no_value(formatter: RecordFormatter) -> None:
    line = formatter.format(record("Exception in ASGI application\n", exc_info=failed()))

    assert "Traceback (most recent call last)" in line
    assert "raise KeyError(SECRET)" in line
    assert SECRET not in line


def test_a_json_line_is_one_line_whatever_the_text() -> None:
    line = JSON.format(record("a\r\nb\x85\u2028\x1b[2K\udcff"))

    assert line.isprintable()
    assert "a\r\nb\x85\u2028\x1b[2K\udcff" == json.loads(line)["event"]


def test_lines_may_be_coloured() -> None:
    coloured = RecordFormatter(as_json=False, colours=True).format(record("x"))

    assert "\x1b[33mWARNING\x1b[0m" in coloured
    assert CONSOLE.format(record("x")) == re.sub(r"\x1b\[\d+m", "", coloured)


def test_a_printed_line_can_have_the_format_of_the_log() -> None:
    fields = json.loads(format_line("info", "Database: sqlite:///heroes.db"))

    assert ["timestamp", "level", "event"] == list(fields)
    assert ("info", "Database: sqlite:///heroes.db") == (fields["level"], fields["event"])


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_800_000_000.0625, "2027-01-15T08:00:00.062Z"),
        (1_800_000_000.9999, "2027-01-15T08:00:00.999Z"),
    ],
)
def test_times_are_in_utc_with_milliseconds(seconds: float, text: str) -> None:
    assert text == format_time(seconds)
