"""Types of settings that are not plain text or numbers, such as lists and quotas."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode

from entrypoints.quotas import Quota, parse_quota
from entrypoints.root_paths import parse_root_path

LogFormat = Literal["auto", "console", "json"]
"""``auto`` is ``console`` on a terminal, and ``json`` elsewhere."""

_NAME = re.compile(r"\*|(?:\*\.)?[A-Za-z0-9_-]++(?:\.[A-Za-z0-9_-]++)*+\.?")

_ORIGIN = re.compile(
    r"([a-z][a-z0-9+.-]*+)://([a-z0-9_-]++(?:\.[a-z0-9_-]++)*+|\[[0-9a-f:.]++\])(?::([0-9]{1,5}+))?"
)
"""The scheme, the host and the port of an origin in lower case (RFC 6454, section 6.2)."""

MAX_PORT = 65535

_DEFAULT_PORTS = {"http": 80, "https": 443}


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


def _parse_origin(text: str) -> str:
    """Return the origin as browsers send it, or ``*``."""
    if text == "*":
        return text
    found = _ORIGIN.fullmatch(text.lower())
    if found is None or int(found[3] or 0) > MAX_PORT:
        reason = "'{text}' is not an origin such as https://app.example, without a path"
        raise PydanticCustomError("origin", reason, {"text": text})
    scheme, host, port = found.groups()
    is_implied = port is None or int(port) == _DEFAULT_PORTS.get(scheme)
    return f"{scheme}://{host}" + ("" if is_implied else f":{int(port)}")


def _check_origins(origins: tuple[str, ...]) -> tuple[str, ...]:
    if "*" in origins and len(origins) > 1:
        reason = "'*' allows every origin, but not as the listed ones: give it alone"
        raise PydanticCustomError("origins", reason)
    return origins


def _parse_network(value: object) -> IPv4Network | IPv6Network:
    try:
        return ip_network(str(value))
    except ValueError:
        reason = "'{text}' is not an address or a network (whose host bits are zero)"
        raise PydanticCustomError("network", reason, {"text": str(value)}) from None


def _parse_authentication(value: object) -> object:
    """Return the set of methods, which is empty for ``none``."""
    if not isinstance(value, str):
        return value
    methods = set(value.replace(" ", "").split(","))
    if methods == {"none"}:
        return frozenset()
    if not methods <= {"api-key", "jwt"}:
        reason = "give none, api-key, jwt, or api-key,jwt"
        raise PydanticCustomError("authentication", reason)
    return frozenset(methods)


def _parse_quota(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return parse_quota(value)
    except ValueError as error:
        reason = "'{text}' is no quota such as 600/minute: {reason}"
        context = {"text": value, "reason": str(error)}
        raise PydanticCustomError("quota", reason, context) from None


def _parse_root_path(value: object) -> object:
    if not isinstance(value, str):
        return value
    if (parsed := parse_root_path(value)) is None:
        reason = "'{text}' is not a path such as /api"
        raise PydanticCustomError("root_path", reason, {"text": value})
    return parsed


Host = Annotated[str, AfterValidator(_parse_host)]
Origin = Annotated[str, AfterValidator(_parse_origin)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_parse_network)]

Hosts = Annotated[tuple[Host, ...], NoDecode, BeforeValidator(_split)]
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_split)]
Origins = Annotated[
    tuple[Origin, ...], NoDecode, BeforeValidator(_split), AfterValidator(_check_origins)
]

AuthenticationMethods = frozenset[Literal["api-key", "jwt"]]
Authentication = Annotated[
    AuthenticationMethods | None, NoDecode, BeforeValidator(_parse_authentication)
]
RateLimit = Annotated[Quota | None, NoDecode, BeforeValidator(_parse_quota)]
RootPath = Annotated[str, BeforeValidator(_parse_root_path)]
