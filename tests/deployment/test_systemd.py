"""The unit ``deploy/heroes.service``: systemd accepts it, and the service works within it."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from entrypoints.commands.exit_codes import INVALID
from tests.integration.strace import names, record_every_name
from tests.support.served import COMMAND, LIMIT, serve

UNIT = Path(__file__).parents[2] / "deploy" / "heroes.service"
SYSTEMD = shutil.which("systemd-analyze")

MAX_EXPOSURE = 20
"""In tenths: 2.0 of 10."""

ONLY_AS_ROOT = {"fchown"}
"""SQLite gives its files the owner of the database if it runs as root. The unit's user is not."""

needs_systemd = pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze is not installed")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The unit with the path of this installation, because systemd checks that it exists."""
    text = re.sub(r"(?<=^ExecStart=)\S+", COMMAND[0], UNIT.read_text(), flags=re.MULTILINE)
    unit = tmp_path / UNIT.name
    unit.write_text(text)
    return unit


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The socket on which a service manager waits for messages."""
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(tmp_path / "notify"))
        receiver.settimeout(LIMIT)
        yield receiver


def value_of(name: str) -> str:
    (value,) = re.findall(rf"^{name}=(.*)$", UNIT.read_text(), re.MULTILINE)
    return str(value)


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(SYSTEMD), *arguments], capture_output=True, text=True, timeout=LIMIT, check=False
    )


def calls_of(group: str) -> set[str]:
    """Return the system calls of a group, and those of the groups in it."""
    _, *lines = analyze("syscall-filter", group).stdout.splitlines()
    members = {line.strip() for line in lines if line.strip() and not line.strip().startswith("#")}
    inner = {name for name in members if name.startswith("@")}
    return (members - inner).union(*map(calls_of, inner))


@needs_systemd
def test_systemd_accepts_the_unit(installed: Path) -> None:
    verified = analyze("verify", installed)

    assert (0, "") == (verified.returncode, verified.stderr)


@needs_systemd
def test_the_exposure_of_the_unit_is_low(installed: Path) -> None:
    rated = analyze("security", "--offline=true", f"--threshold={MAX_EXPOSURE}", installed)

    assert 0 == rated.returncode, rated.stdout


def test_wrong_settings_do_not_restart_the_service() -> None:
    assert str(INVALID) == value_of("RestartPreventExitStatus")


@needs_systemd
def test_the_service_reports_that_it_serves_and_makes_only_allowed_system_calls(
    tmp_path: Path, manager: socket.socket
) -> None:
    allowed, removed = re.findall(r"^SystemCallFilter=(.*)$", UNIT.read_text(), re.MULTILINE)
    permitted = calls_of(allowed).difference(*map(calls_of, removed.removeprefix("~").split()))
    calls = tmp_path / "calls"

    with serve(
        tmp_path / "heroes.db", "--no-access-log", wrapper=record_every_name(calls)
    ) as served:
        assert b"READY=1" == manager.recv(100)
        created = httpx2.post(
            f"{served.url}/heroes/", json={"name": "Deadpond", "secret_name": "Dive Wilson"}
        )
        assert 200 == created.status_code
        assert 0 == served.terminate()

    assert "POST" not in served.output()
    assert {"pwrite64", "sendto"} <= names(calls)
    assert set() == names(calls) - permitted - (ONLY_AS_ROOT if os.geteuid() == 0 else set())
