"""Whatever refuses the start of the service is said in one sentence, with exit code 1 or 2."""

import errno
import os
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

import asyncpg
import click
import pytest
import typer
from typer.testing import Result

from adapters.migrations.runner import history
from tests.integration.processes import run
from tests.support.served import COMMAND, LIMIT, ask, environment, fresh_postgres, invoke

SQLSTATES = sorted(
    {
        code
        for each in vars(asyncpg.exceptions).values()
        if isinstance(code := getattr(each, "sqlstate", None), str)
        and not code.startswith(("00", "01", "02"))
    }
)
"""The SQLSTATEs that the driver knows, without those of success and warnings."""

CLASSES = [*sorted({code[:2]: code for code in SQLSTATES}.values()), "99999", "28P01", "3D000"]
SECRET = "hunter2"  # noqa: S105 - that it is not printed is the test


@contextmanager
def refusing_server(sqlstate: str) -> Iterator[str]:
    """Run a server that answers each connection with this error; yield its URL."""
    fields = ("SFATAL", "VFATAL", f"C{sqlstate}", f"Mrefused: {SECRET}")
    body = b"".join(field.encode() + b"\0" for field in fields) + b"\0"
    answer = b"E" + (len(body) + 4).to_bytes(4, "big") + body

    def serve_connections() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(1000)
                connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve_connections)
        thread.start()
        try:
            yield f"postgresql://me@127.0.0.1:{listener.getsockname()[1]}/x?sslmode=disable"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(LIMIT)


@pytest.mark.parametrize("sqlstate", CLASSES)
def test_each_class_of_sqlstate_is_one_sentence(tmp_path: Path, sqlstate: str) -> None:
    with refusing_server(sqlstate) as url:
        ended = invoke(tmp_path / "heroes.db", "migrate", database_url=url)

    assert_one_sentence(ended)
    assert sqlstate in ended.stderr
    assert SECRET not in ended.stderr


def echo_unless(refuse: Callable[[], None], line: str, *, err: bool = False) -> None:
    """Write to standard error, and refuse to write to standard output."""
    if not err:
        refuse()
    click.echo(line, err=True)


@pytest.mark.parametrize("code", sorted(errno.errorcode))
def test_each_error_of_the_system_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """The system refuses to connect, to look at the file, and to write."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    url = "postgresql://me@127.0.0.1:1/heroes"
    with monkeypatch.context() as connecting:
        connecting.setattr(asyncpg, "connect", refuse)
        assert_one_sentence(invoke(tmp_path / "heroes.db", "migrate", database_url=url))
    with monkeypatch.context() as looking:
        looking.setattr(Path, "exists", refuse)
        assert_one_sentence(invoke(tmp_path / "heroes.db", "migrate", "--check"))
    with monkeypatch.context() as writing:
        writing.setattr(typer, "echo", partial(echo_unless, refuse))
        assert_one_sentence(invoke(tmp_path / "heroes.db", "migrate", "--check"))


def test_a_search_path_that_does_not_exist_is_named(tmp_path: Path, postgres_url: str) -> None:
    with fresh_postgres(postgres_url) as url:
        ended = invoke(tmp_path / "heroes.db", "migrate", database_url=f"{url}?search_path=nowhere")

    assert_one_sentence(ended)
    assert "no schema of search_path exists that the user may use" in ended.stderr


def test_a_value_that_the_server_refuses_is_one_sentence(tmp_path: Path, postgres_url: str) -> None:
    url = f"{postgres_url}?work_mem=many"

    ended = invoke(tmp_path / "heroes.db", "migrate", database_url=url)

    assert_one_sentence(ended)
    assert "correct the settings in the URL" in ended.stderr


def test_a_name_that_no_index_takes_is_one_sentence(tmp_path: Path, postgres_url: str) -> None:
    table = (
        "CREATE TABLE hero (name VARCHAR NOT NULL, secret_name VARCHAR NOT NULL, age INTEGER, "
        "id SERIAL NOT NULL, PRIMARY KEY (id))"
    )
    row = (
        "INSERT INTO hero (name, secret_name) "
        "SELECT string_agg(md5(i::text), ''), 'x' FROM generate_series(1, 400) AS i"
    )
    with fresh_postgres(postgres_url) as url:
        ask(url, table, row)

        ended = invoke(tmp_path / "heroes.db", "migrate", database_url=url)
        tables = ask(url, "SELECT relname FROM pg_class WHERE relname = 'heroes_schema_version'")

    assert_one_sentence(ended)
    assert "shorten the longest texts of the tables (54000)" in ended.stderr
    assert [] == tables


def test_a_revision_on_a_table_that_exists_is_one_sentence(
    tmp_path: Path, postgres_url: str
) -> None:
    again = "UPDATE heroes_schema_version SET version_num = '0002'"
    invoke(tmp_path / "heroes.db", "migrate")
    with closing(sqlite3.connect(tmp_path / "heroes.db", isolation_level=None)) as connection:
        connection.execute(again)
    with fresh_postgres(postgres_url) as url:
        invoke(tmp_path / "heroes.db", "migrate", database_url=url)
        ask(url, again)

        for settings in ({}, {"database_url": url}):
            ended = invoke(tmp_path / "heroes.db", "migrate", **settings)
            assert_one_sentence(ended)
            assert "its schema cannot be migrated" in ended.stderr


@pytest.mark.parametrize("options", [b"-x nope", b"-c"])
def test_options_that_the_server_does_not_understand_are_one_sentence(
    tmp_path: Path, postgres_url: str, options: bytes
) -> None:
    url = f"{postgres_url}?options={quote(options)}"

    ended = invoke(tmp_path / "heroes.db", "migrate", database_url=url)

    assert_one_sentence(ended)
    assert "does not understand the options in the URL; correct them (42601)" in ended.stderr


@pytest.mark.parametrize("command", [("migrate",), ("serve",), ("backup", "saved.db")])
def test_a_full_standard_output_is_one_sentence(tmp_path: Path, command: tuple[str, ...]) -> None:
    invoke(tmp_path / "heroes.db", "migrate")
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*COMMAND, *command],
            cwd=tmp_path,
            env=environment(tmp_path / "heroes.db", port="0"),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=LIMIT,
            check=False,
        )

    assert 1 == ended.returncode
    assert (
        "heroes: cannot write to standard output: No space left on device; "
        "redirect it to another file"
    ) == ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("command", ["migrate", "serve"])
@pytest.mark.parametrize(
    ("redirection", "reason"),
    [(">&-", "standard output is closed"), ("| true", "cannot write to standard output")],
)
def test_a_closed_standard_output_is_one_sentence(
    tmp_path: Path, command: str, redirection: str, reason: str
) -> None:
    line = f'{{ "$0" {command}; echo "code $?" >&2; }} {redirection}'
    ended = subprocess.run(
        ["/bin/sh", "-c", line, *COMMAND],
        env=environment(tmp_path / "heroes.db", port="0"),
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )

    sentence, code = ended.stderr.splitlines()
    assert sentence.startswith(f"heroes: {reason}")
    assert "code 1" == code


@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-"])
def test_a_warning_that_cannot_be_written_does_not_end_the_start(
    tmp_path: Path, redirection: str
) -> None:
    ended = subprocess.run(
        ["/bin/sh", "-c", f'exec "$0" migrate {redirection}', *COMMAND],
        env=environment(tmp_path / "heroes.db", colour="blue"),
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )

    assert 0 == ended.returncode
    assert f"Applied migration {history()[-1]}." == ended.stdout.splitlines()[-1]


@pytest.mark.parametrize("url", ["sqlite:///heroes.db", "sqlite:///./heroes.db"])
def test_a_deleted_working_directory_is_one_sentence(tmp_path: Path, url: str) -> None:
    line = 'mkdir gone && cd gone && rmdir ../gone && exec "$0" serve'
    ended = subprocess.run(
        ["/bin/sh", "-c", line, *COMMAND],
        env=environment(tmp_path / "heroes.db", database_url=url, port="0"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )

    assert 2 == ended.returncode
    assert 1 == len(ended.stderr.splitlines()), ended.stderr
    assert "the working directory cannot be used" in ended.stderr


def test_a_folder_at_the_root_is_named(tmp_path: Path) -> None:
    ended = run("serve", tmp_path / "heroes.db", database_url="sqlite://///nope/x.db", port="0")

    assert 1 == ended.returncode
    assert 1 == len(ended.stderr.splitlines())
    assert "the folder /nope does not exist" in ended.stderr


def assert_one_sentence(ended: Result) -> None:
    assert isinstance(ended.exception, SystemExit), repr(ended.exception)
    assert ended.exit_code in {1, 2}
    assert ended.stderr.startswith("heroes: ")
    assert 1 == len(ended.stderr.splitlines()), ended.stderr
