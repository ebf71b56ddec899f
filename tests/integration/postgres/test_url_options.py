"""Options of a database URL on a real server, and URLs that the server refuses."""

import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import httpx2
import pytest

from adapters.postgres.connections import ServerOptions, connect
from adapters.postgres.libpq_options import NEEDS_NOTHING
from tests.integration.processes import assert_one_sentence, run
from tests.support.postgres import PostgresServer, stopping
from tests.support.served import LIMIT, ask, fresh_postgres, serve

PASSWORD = "hunter2"  # noqa: S105 - that it is not printed is the test

ASKS_FOR_NOTHING = "&".join(
    f"{name}={max(values)}" for name, values in NEEDS_NOTHING.items() if values
)
HONOURED = (
    "application_name=mine&options=-c%20work_mem%3D8MB&keepalives=1&keepalives_idle=7"
    "&connect_timeout=5&client_encoding=utf8&sslmode=prefer&target_session_attrs=any"
)
SETTINGS = "SELECT application_name, backend_type FROM pg_stat_activity WHERE datname = '{}'"


@pytest.fixture
def url(postgres_url: str) -> Iterator[str]:
    """The URL of an empty database."""
    with fresh_postgres(postgres_url) as url:
        yield url


@pytest.mark.parametrize("session", ["fast", "plain"])
def test_a_url_with_options_of_libpq_is_served(tmp_path: Path, url: str, session: str) -> None:
    full = f"{url}?{ASKS_FOR_NOTHING}&{HONOURED}"
    with serve(tmp_path / "served.db", database_url=full, session=session) as served:
        assert 200 == httpx2.get(f"{served.url}/heroes/").status_code
        names = ask(url, SETTINGS.format(url.rpartition("/")[2]))

    assert ("mine", "client backend") in names


async def connected(url: str, *statements: str, **options: Any) -> list[Any]:
    """Return the answers on a connection for requests."""
    connection = await connect(url, ServerOptions(**options))
    try:
        return [await connection.fetchval(statement) for statement in statements]
    finally:
        await connection.close()


async def test_options_for_the_server_apply_except_those_that_the_service_needs(url: str) -> None:
    options = quote("-c work_mem=8MB -c client_encoding=latin1 -c lock_timeout=1")

    answers = await connected(
        f"{url}?options={options}", "SHOW work_mem", "SHOW client_encoding", "SHOW lock_timeout"
    )

    assert ["8MB", "UTF8", "5s"] == answers


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("keepalives=0&keepalives_idle=7", (0, None, None, None)),
        (
            "keepalives_idle=7&keepalives_interval=8&keepalives_count=9&tcp_user_timeout=1000",
            (1, 7, 8, 9),
        ),
        ("", (1, None, None, None)),
    ],
)
async def test_the_socket_has_the_keepalive_options(
    url: str, options: str, expected: tuple[int | None, ...]
) -> None:
    connection = await connect(f"{url}?{options}", ServerOptions())
    try:
        opened = connection._transport.get_extra_info("socket")  # noqa: SLF001 - the socket itself
        is_on = opened.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        found = [
            opened.getsockopt(socket.IPPROTO_TCP, option)
            for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
        ]
        user_timeout = opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    finally:
        await connection.close()

    chosen = [value if wanted else None for value, wanted in zip(found, expected[1:], strict=True)]
    assert expected == (int(bool(is_on)), *chosen)
    assert (1000 if "user" in options else 0) == user_timeout
    assert 7 != found[0] or "=0" not in options


@pytest.mark.parametrize(("session", "options"), [("fast", ()), ("plain", ("--no-migrate",))])
def test_a_missing_database_or_role_ends_the_start(
    tmp_path: Path, postgres_url: str, session: str, options: tuple[str, ...]
) -> None:
    address = postgres_url.rpartition("/")[0]
    _, at, host = address.rpartition("@")
    for wrong, sentence in (
        (f"{address}/no_such_database", "the database does not exist (3D000)"),
        (f"postgresql://nobody_here{at}{host}/postgres", "rejects the user or password (28000)"),
        (f"{postgres_url}?no_such_setting=1", "a setting that the database does not support"),
    ):
        ended = run(
            "serve", tmp_path / "s.db", *options, database_url=wrong, session=session, port="0"
        )
        assert_one_sentence(ended, 1, sentence)


@pytest.mark.parametrize("session", ["fast", "plain"])
def test_a_role_without_rights_ends_the_start(tmp_path: Path, url: str, session: str) -> None:
    name, role = url.rpartition("/")[2], f"weak_{url.rpartition('/')[2]}"
    ask(url, f"CREATE ROLE {role} LOGIN", f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC")
    try:
        ended = run(
            "serve",
            tmp_path / "s.db",
            database_url=re.sub("//[^/]*@", f"//{role}@", url),
            session=session,
            port="0",
        )
    finally:
        ask(url, f"DROP ROLE {role}")

    assert_one_sentence(ended, 1, "access to the database is denied (42501)")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
@pytest.mark.parametrize("session", ["fast", "plain"])
@pytest.mark.parametrize("options", [(), ("--no-migrate",)])
def test_a_certificate_that_cannot_be_verified_ends_the_start(
    tmp_path: Path, session: str, options: tuple[str, ...]
) -> None:
    encryption = f"sslmode=verify-full&sslrootcert={tmp_path}/certificate.pem"
    with tls_server(tmp_path) as address:
        url = f"postgresql://me@{address}/x?{encryption}"
        ended = run(
            "serve", tmp_path / "s.db", *options, database_url=url, session=session, port="0"
        )

    assert_one_sentence(ended, 1, "the certificate of the database cannot be verified")


@contextmanager
def tls_server(folder: Path) -> Iterator[str]:
    """Run a server with a certificate for another host name; yield its address."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(
        ["openssl", "req", "-x509", *curve, *files, "-subj", "/CN=elsewhere"],  # noqa: S607
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def serve_connections() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.recv(8)  # SSLRequest
                connection.sendall(b"S")
                context.wrap_socket(connection, server_side=True).close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve_connections)
        thread.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(LIMIT)


@pytest.fixture(scope="module")
def guarded() -> Iterator[PostgresServer]:
    """A server that asks for the password of ``heroes``."""
    with tempfile.TemporaryDirectory(prefix="heroes-guarded-") as folder:
        server = PostgresServer(Path(folder))
        first = Path(folder, "first")
        first.write_text(PASSWORD)
        server.create("--auth=scram-sha-256", f"--pwfile={first}")
        server.start(fsync="off")
        with stopping(server):
            yield server


def with_password(url: str, password: str) -> str:
    return url.replace("@", f":{password}@")


def test_a_wrong_password_ends_the_start(tmp_path: Path, guarded: PostgresServer) -> None:
    url = with_password(guarded.url(), "wrong")

    ended = run("serve", tmp_path / "served.db", database_url=url, port="0")

    assert_one_sentence(ended, 1, "the database rejects the user or password (28P01)")
    assert "wrong@" not in ended.stderr


async def test_a_new_password_in_the_file_applies_to_the_next_connection(
    tmp_path: Path, guarded: PostgresServer
) -> None:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")

    assert [1] == await connected(guarded.url(), "SELECT 1", password_file=file)
    ask(with_password(guarded.url(), PASSWORD), "ALTER ROLE heroes PASSWORD 'rotated'")
    try:
        with pytest.raises(asyncpg.InvalidPasswordError):
            await connected(guarded.url(), "SELECT 1", password_file=file)
        file.write_text("rotated")
        assert [1] == await connected(guarded.url(), "SELECT 1", password_file=file)
    finally:
        ask(with_password(guarded.url(), "rotated"), f"ALTER ROLE heroes PASSWORD '{PASSWORD}'")


@pytest.mark.parametrize("session", ["fast", "plain"])
def test_the_service_reads_the_password_from_a_file(
    tmp_path: Path, guarded: PostgresServer, session: str
) -> None:
    file = tmp_path / "password"
    file.write_text(PASSWORD)
    settings = {"database_password_file": str(file), "session": session}

    with serve(tmp_path / "s.db", database_url=guarded.url(), **settings) as served:
        assert 200 == httpx2.get(f"{served.url}/heroes/").status_code

    assert PASSWORD not in served.output()


def test_a_password_file_that_cannot_be_read_is_refused(
    tmp_path: Path, guarded: PostgresServer
) -> None:
    url, missing = guarded.url(), str(tmp_path / "missing")

    ended = run("serve", tmp_path / "s.db", database_url=url, database_password_file=missing)

    assert_one_sentence(ended, 2, "HEROES_DATABASE_PASSWORD_FILE is not valid")


def test_a_password_in_the_url_and_one_in_a_file_are_refused(
    tmp_path: Path, guarded: PostgresServer
) -> None:
    url = with_password(guarded.url(), PASSWORD)

    ended = run("serve", tmp_path / "s.db", database_url=url, database_password_file="x")

    assert_one_sentence(ended, 2, "HEROES_DATABASE_PASSWORD_FILE", "remove one")
    assert PASSWORD not in ended.stderr
