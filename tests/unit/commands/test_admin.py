"""The admin listener, as the settings describe it."""

import pytest

from entrypoints.commands.admin import open_admin
from entrypoints.composition.bounds import ADMIN_CONNECTIONS, find_bounds
from entrypoints.composition.databases import open_database
from entrypoints.server.config import Bounds
from entrypoints.server.sockets import CannotListen, get_address, listen
from entrypoints.settings import Settings

LOOPBACK = "127.0.0.1"
EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - what the test is about


def settings(**given: object) -> Settings:
    return Settings.model_validate({"database_url": "sqlite:///unused.db", **given})


@pytest.fixture
def bounds() -> Bounds:
    chosen = settings(allowed_hosts="api.example", max_connections_per_address=1)
    return find_bounds(open_database(chosen), chosen, LOOPBACK)


def test_by_default_there_is_none(bounds: Bounds) -> None:
    assert open_admin(settings(), bounds) is None


def test_it_is_on_loopback_and_serves_every_host(
    bounds: Bounds, capsys: pytest.CaptureFixture[str]
) -> None:
    admin = open_admin(settings(admin_port=0), bounds)

    assert admin is not None
    with admin.listener:
        assert LOOPBACK == get_address(admin.listener)
    assert "prometheus.internal" in admin.bounds.allowed_hosts
    assert "" == capsys.readouterr().err


def test_another_address_is_a_warning(bounds: Bounds, capsys: pytest.CaptureFixture[str]) -> None:
    admin = open_admin(settings(admin_port=0, admin_host=EVERY_ADDRESS), bounds)

    assert admin is not None
    admin.listener.close()
    warning = "HEROES_ADMIN_HOST is not a loopback address: every client that reaches 0.0.0.0 may"
    assert warning in capsys.readouterr().err


def test_it_has_connections_of_its_own(bounds: Bounds) -> None:
    admin = open_admin(settings(admin_port=0), bounds)

    assert admin is not None
    admin.listener.close()
    assert (ADMIN_CONNECTIONS, None) == (
        admin.bounds.max_connections,
        admin.bounds.max_connections_per_client,
    )


def test_a_port_in_use_is_one_sentence(bounds: Bounds) -> None:
    with listen(LOOPBACK, 0) as other, pytest.raises(CannotListen, match="cannot listen on"):
        open_admin(settings(admin_port=other.getsockname()[1]), bounds)
