"""Which lines are logged, in which format, and where."""

import json
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextvars import copy_context
from io import StringIO
from logging.config import dictConfig
from typing import Literal

import pytest

from entrypoints.exchanges import Exchange, Observer
from entrypoints.request_ids import current_request_id
from entrypoints.setting_types import LogFormat
from entrypoints.telemetry.logs.configuration import (
    OWN_LOGGERS,
    LogOptions,
    build_log_config,
    open_request_log,
)
from entrypoints.telemetry.logs.formats import is_json, may_colour
from entrypoints.telemetry.logs.uncaught import log_uncaught_exceptions
from tests.support.restored_logging import restored_logging

EXCHANGE = Exchange("GET", "/", None, 200, 0, 0.0, None, "1.1", "mine", None, None)
SECRET = "canary7d0f3b9a41c85e26"  # noqa: S105


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[StringIO]:
    """Standard error, while the loggers have the configuration for JSON at level info."""
    stream = StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with restored_logging():
        dictConfig(build_log_config(LogOptions("info", "json")))
        yield stream


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def log_within_request(log: Observer) -> None:
    current_request_id.set("mine")
    log(EXCHANGE)


def lines(stream: StringIO) -> list[tuple[str, str]]:
    found = [json.loads(line) for line in stream.getvalue().splitlines()]
    return [(each["level"], each["event"]) for each in found]


@pytest.mark.parametrize(
    ("log_format", "on_terminal", "elsewhere"),
    [("auto", False, True), ("json", True, True), ("console", False, False)],
)
def test_the_format_depends_on_the_setting_and_the_terminal(
    log_format: LogFormat,
    on_terminal: bool,  # noqa: FBT001 - parametrized
    elsewhere: bool,  # noqa: FBT001 - parametrized
) -> None:
    assert on_terminal == is_json(log_format, Terminal())
    assert elsewhere == is_json(log_format, StringIO())
    assert elsewhere == is_json(log_format, None)


def test_lines_are_coloured_on_a_terminal_unless_no_color_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)

    assert may_colour(Terminal())
    assert not may_colour(StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not may_colour(Terminal())


def test_own_loggers_have_the_level_and_others_write_warnings(configured: StringIO) -> None:
    for name in (*OWN_LOGGERS, "asyncio"):
        logging.getLogger(name).debug("%s debug", name)
        logging.getLogger(f"{name}.x").info("%s info", name)
        logging.getLogger(name).warning("%s warning", name)

    expected = [(level, f"{name} {level}") for name in OWN_LOGGERS for level in ("info", "warning")]
    assert [*expected, ("warning", "asyncio warning")] == lines(configured)


@pytest.mark.parametrize(
    ("level", "has_requests", "expected"),
    [("debug", True, 1), ("info", True, 1), ("warning", True, 0), ("info", False, 0)],
)
def test_requests_are_logged_at_info(
    monkeypatch: pytest.MonkeyPatch,
    level: str,
    has_requests: bool,  # noqa: FBT001 - parametrized
    expected: int,
) -> None:
    monkeypatch.setattr(sys, "stdout", stream := StringIO())

    log = open_request_log(LogOptions(level, "json", has_requests=has_requests))
    if log:
        log(EXCHANGE)

    assert expected == stream.getvalue().count('"event": "request"')


@pytest.mark.parametrize(
    ("level", "log_format", "expected"),
    [
        ("info", "json", ['"level": "info"']),
        ("debug", "json", ['"level": "debug"', '"level": "info"']),
        ("debug", "console", [" DEBUG: ", " INFO: "]),
    ],
)
def test_probes_are_logged_at_debug_unless_they_fail(
    monkeypatch: pytest.MonkeyPatch, level: str, log_format: LogFormat, expected: list[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", stream := StringIO())
    log = open_request_log(LogOptions(level, log_format), {"/readyz"})
    assert log is not None

    log(EXCHANGE._replace(path="/readyz"))
    log(EXCHANGE._replace(path="/readyz", status=503))

    lines = stream.getvalue().splitlines()
    assert len(expected) == len(lines)
    assert all(text in line for text, line in zip(expected, lines, strict=True))


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_dropped_lines_are_reported_in_the_format_of_the_others(
    monkeypatch: pytest.MonkeyPatch, log_format: Literal["json", "console"]
) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        log = open_request_log(LogOptions("info", log_format))
        assert log is not None
        for _ in range(2000):
            log(EXCHANGE)
        os.read(reading, 1 << 20)
        copy_context().run(log_within_request, log)
    *_, report, last = os.read(reading, 1 << 20).decode().splitlines()
    os.close(reading)

    assert "log lines dropped, because the log could not be written: " in report
    assert "mine" not in report
    assert "request_id" in last
    assert (log_format == "json") == report.startswith('{"timestamp": ')


def test_a_log_without_a_stream_drops_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    log = open_request_log(LogOptions("info", "json"))
    assert log is not None

    log(EXCHANGE)


def test_uncaught_exceptions_are_logged_without_their_message(
    configured: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    for owner, name in ((sys, "excepthook"), (threading, "excepthook"), (sys, "unraisablehook")):
        monkeypatch.setattr(owner, name, None)
    log_uncaught_exceptions()

    def fail() -> None:
        raise KeyError(SECRET)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    try:
        fail()
    except KeyError as error:
        sys.excepthook(KeyError, error, error.__traceback__)
    sys.excepthook(SystemExit, SystemExit(1), None)
    logging.captureWarnings(capture=False)

    assert [("critical", "uncaught exception")] * 2 == lines(configured)
    assert 2 == configured.getvalue().count("in fail")
    assert SECRET not in configured.getvalue()
