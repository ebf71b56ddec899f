"""The states that systemd receives."""

import socket
from pathlib import Path

import pytest

from entrypoints.server.lifecycle.service_manager import READY, notify


@pytest.mark.parametrize("is_abstract", [False, True])
def test_the_state_is_sent_to_the_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_abstract: bool
) -> None:
    path = f"{tmp_path}/notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(f"\0{path}" if is_abstract else path)
        listener.settimeout(0)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{path}" if is_abstract else path)

        notify(READY)

        assert b"READY=1" == listener.recv(100)


def test_without_a_service_manager_nothing_is_sent(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)

    notify(READY)

    assert [] == caplog.records


def test_an_unreachable_service_manager_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", f"{tmp_path}/notify")

    notify(READY)

    assert "the service manager could not be notified" in caplog.text
