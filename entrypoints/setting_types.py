"""Types of settings that are comma-separated lists."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode

_NAME = re.compile(r"\*|(?:\*\.)?[A-Za-z0-9_-]++(?:\.[A-Za-z0-9_-]++)*+\.?")


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


Host = Annotated[str, AfterValidator(_parse_host)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_parse_network)]

Hosts = Annotated[tuple[Host, ...], NoDecode, BeforeValidator(_split)]
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_split)]
