"""A service without authentication listens on loopback only, unless that is set by hand."""

import pytest

from entrypoints.commands.exposure import check_exposure
from entrypoints.setting_types import AuthenticationMethods
from entrypoints.settings import InvalidSettings

LOOPBACK = ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"]
OTHERS = [
    "0.0.0.0",  # noqa: S104 - nothing is bound
    "::",
    "192.0.2.1",
    "10.0.0.1",
    "169.254.1.1",
    "::ffff:192.0.2.1",
    "2001:db8::1",
    "fe80::1%eth0",
    "not an address",
]
NONE: AuthenticationMethods = frozenset()
KEYS: AuthenticationMethods = frozenset({"api-key"})


@pytest.mark.parametrize("address", LOOPBACK)
@pytest.mark.parametrize("methods", [None, NONE, KEYS])
def test_on_loopback_nothing_is_said(address: str, methods: AuthenticationMethods | None) -> None:
    assert not check_exposure(methods, address)


@pytest.mark.parametrize("address", OTHERS)
def test_elsewhere_the_setting_is_required(address: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        check_exposure(None, address)

    assert f"HEROES_AUTH is not set, and {address} is not a loopback address" in str(refused.value)
    assert "set HEROES_AUTH to api-key or jwt, or to none" in str(refused.value)


@pytest.mark.parametrize("address", OTHERS)
def test_elsewhere_none_is_a_warning(address: str) -> None:
    assert f"every client that reaches {address}" in check_exposure(NONE, address)


@pytest.mark.parametrize("address", OTHERS)
def test_elsewhere_nothing_is_said_about_a_service_that_authenticates(address: str) -> None:
    assert not check_exposure(KEYS, address)
