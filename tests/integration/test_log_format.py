"""Every line of ``heroes serve`` has the format of ``HEROES_LOG_FORMAT``."""

from pathlib import Path

import httpx2
import pytest

from entrypoints.settings import find_log_format
from tests.integration.processes import run
from tests.support.log_lines import parse_lines, parse_requests
from tests.support.served import invoke, serve
from tests.support.sql import execute

RULE = "CREATE TRIGGER no_robots BEFORE INSERT ON hero BEGIN SELECT RAISE(ABORT, 'no robots'); END"
NAMES = ["timestamp", "level", "event"]
REQUEST = ["method", "route", "path", "status", "duration_ms", "bytes", "client", "request_id"]


def test_every_line_of_a_server_is_a_json_object(tmp_path: Path) -> None:
    path = tmp_path / "heroes.db"
    settings = {"log_format": "auto", "read_only": "true", "server_timing": "true"}

    with serve(path, **settings, unknown="x") as served:
        execute(f"sqlite:///{path}", RULE)
        listed = httpx2.get(f"{served.url}/heroes/?name=N", headers={"X-Request-ID": "mine"})
        refused = httpx2.post(f"{served.url}/heroes/", json={"name": "N"})
        assert 0 == served.terminate()

    lines = parse_lines(served.output())
    assert all(NAMES == list(line)[:3] for line in lines)
    events = {line["event"]: line["level"] for line in lines}
    assert "info" == events[f"Heroes:   {served.url}/heroes/"]
    assert "info" == events["Applied migration 0001."]
    assert "info" == events["Application startup complete."]
    assert "warning" == events["unknown settings are ignored: HEROES_UNKNOWN"]
    first, second = parse_requests(served.output())
    assert [*NAMES, *REQUEST] == list(first) == list(second)
    assert ("/heroes/", 200, "mine") == (first["path"], first["status"], first["request_id"])
    assert ("/heroes/", 503) == (second["path"], second["status"])
    assert "mine" == listed.headers["X-Request-ID"]
    assert second["request_id"] == refused.headers["X-Request-ID"]
    assert listed.headers["Server-Timing"].startswith("queue;dur=")


def test_a_start_with_a_wrong_setting_is_refused_in_json(tmp_path: Path) -> None:
    ended = run("serve", tmp_path / "heroes.db", log_format="json", port="x")

    (line,) = parse_lines(ended.stderr)
    assert (2, "", "error") == (ended.returncode, ended.stdout, line["level"])
    assert line["event"].startswith("HEROES_PORT is not valid: ")


def test_lines_of_a_settings_file_that_cannot_be_parsed_are_one_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("HEROES_POOL_SIZE=3\nnot ~ one\n# a comment\n=\n")

    ended = invoke(tmp_path / "heroes.db", "serve", "--workers=2", log_format="json")

    warning, refusal = parse_lines(ended.stderr)
    assert ("warning", "error") == (warning["level"], refusal["level"])
    assert "lines of .env are ignored, because they cannot be parsed: 2, 4" == warning["event"]
    assert [] == caplog.records


@pytest.mark.parametrize(
    ("argument", "event"),
    [("--nope", "No such option: --nope"), ("--workers=0", "Invalid value for '--workers'")],
)
def test_a_start_with_a_wrong_argument_is_refused_in_json(
    tmp_path: Path, argument: str, event: str
) -> None:
    refused = invoke(tmp_path / "heroes.db", "serve", argument, log_format="json")
    for_people = invoke(tmp_path / "heroes.db", "serve", argument, log_format="console")

    (line,) = parse_lines(refused.stderr)
    assert (2, "", "error") == (refused.exit_code, refused.stdout, line["level"])
    assert line["event"].startswith(event)
    assert 2 == for_people.exit_code
    assert "Usage: " in for_people.stderr


@pytest.mark.parametrize(
    ("arguments", "event"),
    [
        (["--log-format", "json", "--port", "x"], "--port is not valid: "),
        (["--log-format=console", "--log-format", "json", "--nope"], "No such option: --nope"),
    ],
)
def test_an_option_decides_the_format_of_a_refused_start(
    tmp_path: Path, arguments: list[str], event: str
) -> None:
    refused = invoke(tmp_path / "heroes.db", "serve", *arguments, log_format="console")

    (line,) = parse_lines(refused.stderr)
    assert (2, "error") == (refused.exit_code, line["level"])
    assert line["event"].startswith(event)


def test_another_command_prints_text(tmp_path: Path) -> None:
    path = tmp_path / "heroes.db"

    done = invoke(path, "migrate", log_format="json")
    failed = invoke(path, "migrate", log_format="json", pool_size="x")

    assert done.stdout.startswith("Applied migration 0001.\n")
    assert failed.stderr.startswith("heroes: HEROES_POOL_SIZE is not valid")


@pytest.mark.parametrize(
    ("content", "log_format"),
    [
        (b"HEROES_LOG_FORMAT=json\nHEROES_PORT=x\n", "json"),
        (b"heroes_log_format=console", "console"),
        (b"HEROES_LOG_FORMAT=yaml", "auto"),
        (b"HEROES_LOG_FORMAT=", "auto"),
        (b"\xff", "auto"),
    ],
)
def test_the_format_is_found_whatever_the_other_settings_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, log_format: str
) -> None:
    monkeypatch.delenv("HEROES_LOG_FORMAT", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes(content)

    assert log_format == find_log_format()
