"""``make_app`` without arguments is a factory for any ASGI server."""

import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeGuard

import httpx2
import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from entrypoints.bootstrap import Migrating, make_app
from entrypoints.composition.databases import CannotStart
from entrypoints.settings import InvalidSettings, load_settings
from tests.integration.tutorial_database import locked
from tests.support.route_handlers import ARE_COMPILED
from tests.support.served import LIMIT, environment, serve

DEADPOND = {"name": "Deadpond", "secret_name": "Dive Wilson"}
FACTORY = "entrypoints.bootstrap:make_app"
READY = re.compile(r"Uvicorn running on (http://\S+)")


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in a folder that has no ``.env`` and no database."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@contextmanager
def uvicorn(folder: Path, **settings: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run uvicorn's own command on the factory, and give its address when it serves."""
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "--factory", FACTORY, "--port", "0"],
        cwd=folder,
        env=environment(folder / "heroes.db", **settings),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        found = next(filter(None, map(READY.search, process.stderr)), None)
        yield found[1] if found else "", process
    finally:
        process.terminate()
        process.communicate(timeout=LIMIT)


def test_a_worker_gets_the_settings_of_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEROES_DATABASE_URL", f"sqlite:///{tmp_path}/heroes.db")
    options = {"read_only": "true", "auth": "none", "rate_limit": "2/day", "trusted_proxies": "::1"}
    settings = load_settings(options=options)

    sent = pickle.dumps(partial(make_app, settings=settings))  # as uvicorn does it for a worker
    with TestClient(pickle.loads(sent)()) as client:  # noqa: S301 - it was made here
        refused = client.post("/heroes/", json=DEADPOND)

    assert 503 == refused.status_code
    assert '"default";q=2;w=86400' == refused.headers["RateLimit-Policy"]


@pytest.mark.parametrize("session", ["fast", "plain"])
def test_uvicorns_command_serves_the_factory_on_a_file_that_it_makes(
    tmp_path: Path, session: str
) -> None:
    with uvicorn(tmp_path, session=session) as (url, process):
        created = httpx2.post(f"{url}/heroes/", json=DEADPOND)

    assert {**DEADPOND, "age": None, "id": 1} == created.json()
    assert (tmp_path / "heroes.db").exists()
    assert process.returncode in {0, -15}


def test_under_uvicorns_command_a_request_has_a_timeout_too(tmp_path: Path) -> None:
    with uvicorn(tmp_path, request_timeout="0.5", lock_timeout="60") as (url, _):
        httpx2.post(f"{url}/heroes/", json=DEADPOND)
        with locked(tmp_path / "heroes.db"):
            late = httpx2.patch(f"{url}/heroes/1", json={"age": 29}, timeout=LIMIT)

    assert 503 == late.status_code
    assert late.json()["detail"].startswith("The request took too long.")


def test_a_file_that_is_not_a_database_stops_the_server_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "heroes.db").write_bytes(b"x" * 4096)

    with uvicorn(tmp_path) as (url, process):
        assert "" == url
        assert process.wait(LIMIT) != 0


def test_heroes_serve_keeps_a_plain_database_in_memory(tmp_path: Path) -> None:
    with serve(tmp_path / "unused.db", database_url="sqlite://", session="plain") as served:
        created = httpx2.post(f"{served.url}/heroes/", json=DEADPOND)

        assert 200 == created.status_code
        assert [created.json()] == httpx2.get(f"{served.url}/heroes/").json()


@pytest.mark.parametrize("url", ["sqlite:///heroes.db", "sqlite://", "sqlite:///:memory:"])
def test_a_test_client_that_starts_the_app_finds_the_schema_up_to_date(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEROES_DATABASE_URL", url)
    monkeypatch.setenv("HEROES_SESSION", "plain")

    with TestClient(make_app()) as client:
        assert 200 == client.post("/heroes/", json=DEADPOND).status_code
        assert [1] == [hero["id"] for hero in client.get("/heroes/").json()]


def test_requests_get_503_until_an_unreachable_server_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HEROES_DATABASE_URL", "postgresql://heroes@127.0.0.1:1/heroes")

    with TestClient(make_app()) as client:
        assert 503 == client.get("/heroes/").status_code


def test_a_damaged_file_is_refused_when_the_app_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "heroes.db").write_bytes(b"x" * 4096)
    monkeypatch.setenv("HEROES_DATABASE_URL", "sqlite:///heroes.db")

    with pytest.raises(CannotStart, match="not a database"), TestClient(make_app()):
        pass


def test_without_an_admin_listener_the_app_serves_the_metrics(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HEROES_ADMIN_PORT", "9000")

    with TestClient(make_app()) as client:
        assert 200 == client.get("/metrics").status_code


def test_an_app_that_never_migrates_leaves_the_file_alone(tmp_path: Path) -> None:
    with TestClient(make_app(migrating=Migrating.NEVER)) as client:
        assert 503 == client.get("/heroes/").status_code

    assert not (tmp_path / "heroes.db").exists()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"SESSION": "quick"}, "HEROES_SESSION"),
        ({"SESSION": "plain", "PGBOUNCER": "true"}, "HEROES_PGBOUNCER"),
        ({"DATABASE_URL": "sqlite://"}, "HEROES_DATABASE_URL"),
        ({"SESSION": "plain", "DATABASE_URL": "nowhere"}, "HEROES_DATABASE_URL"),
        (
            {"SESSION": "plain", "DATABASE_READ_URL": "postgresql://heroes@127.0.0.1/x"},
            "HEROES_DATABASE_READ_URL",
        ),
    ],
)
def test_settings_that_do_not_go_together_are_named(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], said: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"HEROES_{name}", value)

    with pytest.raises(InvalidSettings, match=said):
        make_app()


def test_a_plain_session_without_aiosqlite_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEROES_SESSION", "plain")
    monkeypatch.setitem(sys.modules, "aiosqlite", None)

    with pytest.raises(InvalidSettings, match=r"heroes\[plain\]"):
        make_app()


@pytest.mark.skipif(not ARE_COMPILED, reason="no routes are compiled in this run")
@pytest.mark.parametrize("setting", ["true", "false"])
def test_routes_are_compiled_as_the_setting_says(setting: str) -> None:
    app = make_app(settings=load_settings(options={"compiled_routes": setting}))

    handlers = {each.get_route_handler().__module__ for each in app.routes if is_ours(each)}
    of_fastapi = {"fastapi.routing", "entrypoints.http.compiled.json_body"}
    assert ({"entrypoints.http.compiled.handler"} if setting == "true" else of_fastapi) == handlers


def is_ours(route: object) -> TypeGuard[APIRoute]:
    return isinstance(route, APIRoute)
