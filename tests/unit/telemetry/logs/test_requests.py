"""The line of a request has all its fields, in one line, in either format."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from entrypoints.exchanges import Exchange
from entrypoints.telemetry.logs.requests import MAX_PATH, format_json, make_console_format

EXCHANGE = Exchange(
    method="GET",
    path="/heroes/1",
    route="/heroes/{hero_id}",
    status=200,
    body_size=64,
    seconds=0.0012345,
    client=("127.0.0.1", 5000),
    http_version="1.1",
    request_id="mine",
    principal=None,
    trace_id=None,
)
REFUSED = EXCHANGE._replace(method=None, path="", route=None, status=400, client=None)


def test_a_line_is_a_json_object() -> None:
    fields = json.loads(format_json(EXCHANGE))

    time = fields.pop("timestamp")
    assert fields == {
        "level": "info",
        "event": "request",
        "method": "GET",
        "route": "/heroes/{hero_id}",
        "path": "/heroes/1",
        "status": 200,
        "duration_ms": 1.234,
        "bytes": 64,
        "client": "127.0.0.1",
        "request_id": "mine",
    }
    assert time.endswith("Z")
    assert abs(datetime.fromisoformat(time) - datetime.now(UTC)) < timedelta(seconds=10)


def test_principal_and_trace_are_there_if_the_request_has_them() -> None:
    exchange = EXCHANGE._replace(principal="token:é\u2028", trace_id="ab")

    fields = json.loads(format_json(exchange))

    assert ("token:é\u2028", "ab") == (fields["principal"], fields["trace_id"])
    assert b"principal=token" in make_console_format(colours=False)(exchange)


def test_unknown_fields_are_null() -> None:
    fields = json.loads(format_json(REFUSED))

    assert [None] * 3 == [fields[name] for name in ("method", "route", "client")]


@pytest.mark.parametrize(
    "exchange",
    [
        EXCHANGE._replace(path="/" + '"\\\x00\r\n\x85\x1b' * 5000, principal="\u2028" * 249),
        EXCHANGE._replace(method='"', route='"', request_id='"' * 128),
    ],
)
def test_a_line_is_ascii_in_one_piece_and_its_size_is_limited(exchange: Exchange) -> None:
    line = format_json(exchange)

    assert len(line) < 4096 + 6 * MAX_PATH
    assert line.isascii()
    assert 1 == len(line.splitlines())
    assert json.loads(line)["path"] == exchange.path[:MAX_PATH]


def test_the_console_shows_the_line_of_uvicorn() -> None:
    line = make_console_format(colours=False)(EXCHANGE).decode()

    time, _, rest = line.partition(" ")
    assert time.endswith("Z")
    assert rest == (
        'INFO:     127.0.0.1:5000 - "GET /heroes/1 HTTP/1.1" 200 OK '
        "duration_ms=1.234 request_id=mine\n"
    )


@pytest.mark.parametrize("status", [404, 599])
def test_the_console_shows_the_status(status: int) -> None:
    line = make_console_format(colours=False)(EXCHANGE._replace(status=status)).decode()

    assert f'" {status} ' in line


def test_the_console_may_be_coloured() -> None:
    line = make_console_format(colours=True)(EXCHANGE)

    assert b"\x1b[32mINFO\x1b[0m" in line
