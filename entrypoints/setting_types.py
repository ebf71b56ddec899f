"""Types of settings that are comma-separated lists, or the URL of keys."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode

_NAME = re.compile(r"\*|(?:\*\.)?[A-Za-z0-9_-]++(?:\.[A-Za-z0-9_-]++)*+\.?")

_PRINTABLE = re.compile(r"[!-~]+")


def _split(value: object) -> object:
    """Return the elements of a list, without the empty ones."""
    if not isinstance(value, str):
        return value
    return [element for each in value.split(",") if (element := each.strip())]


def _parse_host(text: str) -> str:
    """Return the text if it is a name, an address, ``*.name`` or ``*``."""
    if _NAME.fullmatch(text) is None:
        try:
            ip_address(text.removeprefix("[").removesuffix("]"))
        except ValueError:
            reason = "'{text}' is not a host; give names or addresses without a port"
            raise PydanticCustomError("host", reason, {"text": text}) from None
    return text


def _parse_network(value: object) -> IPv4Network | IPv6Network:
    try:
        return ip_network(str(value))
    except ValueError:
        reason = "'{text}' is not an address or a network (whose host bits are zero)"
        raise PydanticCustomError("network", reason, {"text": str(value)}) from None


def _check_key_url(text: str) -> str:
    """Return the text if it is a URL that nobody on the way can answer in the place of the host.

    No message contains it: its query may be a secret.
    """
    url = _split_url(text)
    if url is None or url.scheme not in {"http", "https"} or url.username is not None:
        reason = "it is not a URL such as https://issuer.example/keys, without a user or a fragment"
        raise PydanticCustomError("key_url", reason)
    if url.scheme == "http" and not _is_loopback(str(url.hostname)):
        reason = "use https: keys that are sent in clear text can be replaced on the way"
        raise PydanticCustomError("key_url", reason)
    return text


def _split_url(text: str) -> SplitResult | None:
    """Return the parts of a URL with a host and a valid port."""
    try:
        url = urlsplit(text)
        has_host = bool(url.hostname) and url.port != 0
    except ValueError:
        return None
    return url if has_host and _PRINTABLE.fullmatch(text) and "#" not in text else None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


Host = Annotated[str, AfterValidator(_parse_host)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_parse_network)]

Hosts = Annotated[tuple[Host, ...], NoDecode, BeforeValidator(_split)]
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_split)]

KeyUrl = Annotated[str, AfterValidator(_check_key_url)]
