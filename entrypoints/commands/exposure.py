"""The check whether a service without authentication may listen on an address."""

from entrypoints.addresses import is_loopback
from entrypoints.setting_types import AuthenticationMethods
from entrypoints.settings import PREFIX, InvalidSettings


def check_exposure(methods: AuthenticationMethods | None, address: str) -> str:
    """Return a warning if authentication is ``none`` and the address is not loopback, or ``""``.

    Raises ``InvalidSettings`` if authentication is not set and the address is not loopback.
    """
    if methods or is_loopback(address):
        return ""
    if methods is None:
        raise InvalidSettings(
            f"{PREFIX}AUTH is not set, and {address} is not a loopback address: set {PREFIX}AUTH to"
            " api-key or jwt, or to none if every client may read and change everything"
        )
    return (
        f"{PREFIX}AUTH is none: every client that reaches {address} may read and change everything"
    )
