"""Variables that are no settings, in the environment and in ``.env``, as the commands see them."""

import socket
from pathlib import Path

import httpx2
import pytest

from tests.integration.ordinary_user import shared_directory, subject_to_permissions
from tests.integration.processes import assert_one_sentence, run
from tests.support.served import invoke, serve

SERVICE = {
    "port": "tcp://10.96.0.12:8000",
    "service_host": "10.96.0.12",
    "service_port": "8000",
    "port_8000_tcp_addr": "10.96.0.12",
}
"""What Kubernetes injects for a Service called ``heroes``."""


def test_a_misspelt_setting_is_refused_and_no_file_is_created(tmp_path: Path) -> None:
    ended = run("serve", tmp_path / "heroes.db", databse_url="sqlite:///other.db")

    assert_one_sentence(ended, 2, "HEROES_DATABSE_URL is not a setting; HEROES_DATABASE_URL is")
    assert [] == list(tmp_path.iterdir())


def test_a_misspelt_setting_of_the_settings_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("OTHERS_VALUE=1\nHEROES_LOCK_TIMOUT=7\n")

    ended = invoke(tmp_path / "heroes.db", "migrate")

    assert 2 == ended.exit_code
    assert "heroes: HEROES_LOCK_TIMOUT is not a setting; HEROES_LOCK_TIMEOUT is\n" == ended.stderr


def test_an_unknown_setting_is_a_warning(tmp_path: Path) -> None:
    ended = invoke(tmp_path / "heroes.db", "migrate", colour="secret", weather="secret")

    assert 0 == ended.exit_code
    assert "heroes: unknown settings are ignored: HEROES_COLOUR, HEROES_WEATHER\n" == ended.stderr


def test_variables_of_kubernetes_are_passed_over_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("HEROES_POOL_SIZE=3\n")

    ended = invoke(tmp_path / "heroes.db", "migrate", **SERVICE)

    assert 0 == ended.exit_code
    assert ended.stderr.startswith("heroes: variables of Kubernetes Services are ignored: ")
    assert 1 == len(ended.stderr.splitlines())
    assert {f"HEROES_{name.upper()}" for name in SERVICE} == set(
        ended.stderr.partition("ignored: ")[2].strip().split(", ")
    )


def test_the_port_of_the_settings_file_applies_beside_the_port_of_kubernetes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("HEROES_PORT=99999\n")

    ended = invoke(tmp_path / "heroes.db", "migrate", port=SERVICE["port"])

    assert 2 == ended.exit_code
    assert "HEROES_PORT is not valid" in ended.stderr.splitlines()[-1]


def test_a_settings_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with shared_directory() as folder:
        monkeypatch.chdir(folder)
        (folder / ".env").write_text("HEROES_PORT=1\n")
        (folder / ".env").chmod(0)
        with subject_to_permissions():
            ended = invoke(folder / "heroes.db", "migrate")

    assert 2 == ended.exit_code
    assert "heroes: the settings file .env cannot be read: Permission denied\n" == ended.stderr


def test_every_address_of_ipv6_and_ipv4_is_served(tmp_path: Path) -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    with serve(tmp_path / "heroes.db", host="::", auth="none") as served:
        port = served.address[1]
        for host in ("127.0.0.1", "[::1]"):
            assert 200 == httpx2.get(f"http://{host}:{port}/heroes/").status_code

    assert "IPv6 only" not in served.output()
