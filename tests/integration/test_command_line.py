"""The commands: output, errors and exit codes."""

import re
import socket
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner, Result

from adapters.migrations.runner import history
from entrypoints.cli import cli
from entrypoints.server.sockets import CannotListen, listen
from tests.integration.processes import assert_one_sentence, run
from tests.support.served import environment, serve

PASSWORD = "hunter2"  # noqa: S105 - that it is not printed is the test

WRONG_SETTINGS = [
    ("PORT", "http"),
    ("PORT", "1.5"),
    ("PORT", "-1"),
    ("PORT", "65536"),
    ("AUTH", "true"),
    ("AUTH", "api_key"),
    ("AUTH", "none,api-key"),
    ("AUTH", "jwt,"),
    ("ACCESS_LOG", "maybe"),
    ("LOCK_TIMEOUT", "soon"),
    ("LOCK_TIMEOUT", "0"),
    ("LOCK_TIMEOUT", "-1"),
    ("LOCK_TIMEOUT", "61"),
    ("LOCK_TIMEOUT", "nan"),
    ("LOCK_TIMEOUT", "inf"),
    ("RECEIVE_TIMEOUT", "0"),
    ("SEND_TIMEOUT", "0"),
    ("SEND_TIMEOUT", "601"),
    ("MAX_CONNECTIONS", "0"),
    ("MAX_CONNECTIONS", "many"),
    ("MAX_CONNECTIONS_PER_ADDRESS", "0"),
    ("MAX_PENDING", "-1"),
    ("ALLOWED_HOSTS", "localhost:8000"),
    ("ALLOWED_HOSTS", "http://localhost"),
    ("TRUSTED_PROXIES", "nginx"),
    ("TRUSTED_PROXIES", "10.0.0.1/8"),
    ("REQUEST_TIMEOUT", "0"),
    ("REQUEST_TIMEOUT", "3601"),
    ("DATABASE_URL", "heroes.db"),
    ("DATABASE_URL", "sqlite://"),
    ("DATABASE_URL", "sqlite:///:memory:"),
    ("DATABASE_URL", "sqlite:///file:heroes.db?mode=ro"),
    ("DATABASE_URL", "sqlite:///heroes.db?mode=ro"),
    ("DATABASE_URL", f"sqlite://me:{PASSWORD}@host/heroes.db"),
    ("DATABASE_URL", "oracle://host/heroes"),
    ("DATABASE_URL", f"mysql+nothing://me:{PASSWORD}@host/heroes"),
    ("DATABASE_URL", f"postgresql://me:{PASSWORD}@host:port/heroes"),
    ("DATABASE_URL", f"postgresql://me:{PASSWORD}@host:99999999/heroes?port={PASSWORD}"),
    ("DATABASE_URL", f"me:{PASSWORD}@host"),
]


@pytest.mark.parametrize(("name", "value"), WRONG_SETTINGS)
def test_an_invalid_setting_is_refused_in_one_sentence_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.chdir(tmp_path)

    ended = invoke_migrate(tmp_path, **{name.lower(): value})

    assert_refused(ended, f"HEROES_{name}")
    assert [] == list(tmp_path.iterdir())


def test_all_invalid_settings_are_named_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    ended = invoke_migrate(tmp_path, port="http", lock_timeout="soon")

    assert_refused(ended, "HEROES_PORT", "HEROES_LOCK_TIMEOUT")


def test_serve_with_an_invalid_setting_exits_with_2_and_no_traceback(tmp_path: Path) -> None:
    url = f"postgresql://me:{PASSWORD}@host:port/heroes"

    ended = run("serve", tmp_path / "heroes.db", port="0", database_url=url)

    assert PASSWORD not in ended.stderr + ended.stdout
    assert_one_sentence(ended, 2, "HEROES_DATABASE_URL")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ALLOWED_HOSTS", "localhost:8000", "'localhost:8000' is not a host"),
        ("TRUSTED_PROXIES", "nginx", "'nginx' is not an address or a network"),
        ("MAX_PENDING", "-1", "greater than or equal to 0"),
    ],
)
def test_serve_exits_with_2_and_says_what_is_wrong_with_the_setting(
    tmp_path: Path, name: str, value: str, words: str
) -> None:
    ended = run("serve", tmp_path / "heroes.db", port="0", **{name.lower(): value})

    assert_one_sentence(ended, 2, f"HEROES_{name}", words)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("host", ["no.such.host.invalid", "a" * 64, "a..b"])
def test_an_unusable_host_is_named_in_the_error(host: str) -> None:
    with pytest.raises(CannotListen, match=re.escape(host)):
        listen(host, 0)


def test_an_address_in_use_is_reported_before_the_database_is_opened(
    tmp_path: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as in_use:
        port = str(in_use.getsockname()[1])
        ended = run("serve", tmp_path / "heroes.db", port=port)

    assert_one_sentence(ended, 1, port)
    assert [] == list(tmp_path.iterdir())


def test_the_environment_overrides_the_settings_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("HEROES_DATABASE_URL=sqlite:///other.db\nHEROES_PORT=http\n")

    ended = invoke_migrate(tmp_path, port="1", database_url="")

    assert (0, "") == (ended.exit_code, ended.stderr)
    assert (tmp_path / "other.db").exists()
    assert not (tmp_path / "heroes.db").exists()


def test_a_settings_file_that_is_not_utf8_is_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes(b"HEROES_HOST=\xff\n")

    assert_refused(invoke_migrate(tmp_path), ".env")


def test_migrate_prints_what_it_applied_and_then_up_to_date(tmp_path: Path) -> None:
    first, second = invoke_migrate(tmp_path), invoke_migrate(tmp_path)

    applied = "".join(f"Applied migration {revision}.\n" for revision in history())
    assert (0, "") == (first.exit_code, first.stderr)
    assert first.stdout.startswith(applied)
    assert (0, "The database is up to date.\n", "") == (
        second.exit_code,
        second.stdout,
        second.stderr,
    )


def test_serve_prints_its_urls_and_its_database(tmp_path: Path) -> None:
    with serve(tmp_path / "heroes.db") as served:
        httpx2.get(f"{served.url}/heroes/")
        docs = httpx2.get(f"{served.url}/docs")

    lines = served.output().splitlines()
    assert f"Heroes:   {served.url}/heroes/" in lines
    assert f"Docs:     {served.url}/docs" in lines
    assert f"Database: sqlite:///{tmp_path}/heroes.db" in lines
    assert 200 == docs.status_code
    assert '"GET /heroes/ HTTP/1.1" 200' in served.output()


def test_the_access_log_and_the_documentation_page_can_be_disabled(tmp_path: Path) -> None:
    with serve(tmp_path / "heroes.db", access_log="false", docs="false") as served:
        docs = httpx2.get(f"{served.url}/docs")

    assert 404 == docs.status_code
    assert served.url in served.output()
    assert "GET" not in served.output()
    assert "Docs:" not in served.output()


def invoke_migrate(folder: Path, **settings: str) -> Result:
    """Run ``heroes migrate`` in this process, which is faster than a subprocess."""
    chosen = environment(folder / "heroes.db", **settings)
    return CliRunner().invoke(cli, ["migrate"], env=chosen)


def assert_refused(ended: Result, *names: str) -> None:
    assert PASSWORD not in ended.output
    assert isinstance(ended.exception, SystemExit)
    assert 2 == ended.exit_code
    assert ended.stderr.startswith("heroes: ")
    assert 1 == len(ended.stderr.splitlines())
    for name in names:
        assert name in ended.stderr
    assert "" == ended.stdout
