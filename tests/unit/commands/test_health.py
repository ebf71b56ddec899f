"""``heroes health``: the readiness of the running service as an exit code."""

import errno
import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from entrypoints.cli import cli
from entrypoints.commands.health import find_address
from entrypoints.settings import InvalidSettings, Settings, load_settings
from tests.support.served import environment

READY = {"status": "ok", "checks": {"process": "ok", "database": "ok"}}
NOT_READY = {"status": "unavailable", "checks": {"process": "ok", "database": "away"}}

Serve = Callable[[int, object], int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A function that serves a response at ``/readyz``, and returns the port."""
    servers: list[ThreadingHTTPServer] = []

    def start(status: int, body: object) -> int:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status if self.path == "/readyz" else 404)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_: object) -> None:
                """Write no line."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return server.server_port

    yield start
    for each in servers:
        each.shutdown()
        each.server_close()


def run(folder: Path, **settings: str) -> Result:
    return CliRunner().invoke(cli, ["health"], env=environment(folder / "heroes.db", **settings))


def test_a_ready_service_exits_with_0(tmp_path: Path, serve: Serve) -> None:
    result = run(tmp_path, port=str(serve(200, READY)))

    assert (0, "process: ok\ndatabase: ok\n") == (result.exit_code, result.stdout)


def test_a_service_that_is_not_ready_exits_with_1_and_the_reason(
    tmp_path: Path, serve: Serve
) -> None:
    result = run(tmp_path, port=str(serve(503, NOT_READY)))

    assert (1, "process: ok\ndatabase: away\n") == (result.exit_code, result.stdout)


def test_the_admin_port_is_used_if_there_is_one(tmp_path: Path, serve: Serve) -> None:
    result = run(tmp_path, port="1", admin_port=str(serve(200, READY)))

    assert 0 == result.exit_code


def test_a_service_that_does_not_respond_exits_with_1_in_one_sentence(tmp_path: Path) -> None:
    result = run(tmp_path, port="1")

    assert (1, "") == (result.exit_code, result.stdout)
    assert "heroes: the service at 127.0.0.1 port 1 does not respond: Connection refused\n" == (
        result.stderr
    )


@pytest.mark.parametrize("body", [None, [], {"checks": 1}, "ok"])
def test_another_service_is_not_taken_for_this_one(
    tmp_path: Path, serve: Serve, body: object
) -> None:
    result = run(tmp_path, port=str(serve(200, body)))

    assert (1, "") == (result.exit_code, result.stdout)
    assert "is not this service" in result.stderr


@pytest.mark.parametrize(
    ("host", "reachable"),
    [
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104 - the listener of the service
        ("::", "::1"),
        ("::1", "::1"),
        ("127.0.0.2", "127.0.0.2"),
        ("localhost", "localhost"),
    ],
)
def test_a_listener_on_all_addresses_is_reached_on_loopback(host: str, reachable: str) -> None:
    settings = Settings(host=host, port=8001, database_url="sqlite:///unused.db")

    assert (reachable, 8001) == find_address(settings)


def test_without_a_loopback_address_of_ipv6_that_of_ipv4_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")

    monkeypatch.setattr(socket, "create_server", refuse)
    settings = Settings(host="::", port=8001, database_url="sqlite:///unused.db")

    assert ("127.0.0.1", 8001) == find_address(settings)


@pytest.mark.parametrize(
    ("ports", "variable"),
    [({"port": 0}, "HEROES_PORT"), ({"port": 8000, "admin_port": 0}, "HEROES_ADMIN_PORT")],
)
def test_a_port_that_the_system_selects_is_not_known(ports: dict[str, int], variable: str) -> None:
    with pytest.raises(InvalidSettings, match=f"{variable} is 0"):
        find_address(load_settings(options={"database_url": "sqlite:///unused.db", **ports}))
