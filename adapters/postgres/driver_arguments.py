"""The arguments of asyncpg for a database URL with the options of libpq."""

import socket
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, quote, urlencode, urlsplit

import asyncpg

from adapters.postgres.dsn import has_password, parse_options
from adapters.postgres.libpq_options import (
    KEEPALIVES,
    NEEDS_NOTHING,
    SERVICE_FILE,
    SYSTEM,
    TRANSLATED,
)
from service_layer.errors import StoreUnavailable

APPLICATION = "heroes"

MAX_PASSWORD = 64 * 1024
"""Bytes that are read of a file with a password."""

SOCKET_OPTIONS = {
    "keepalives_idle": socket.TCP_KEEPIDLE,
    "keepalives_interval": socket.TCP_KEEPINTVL,
    "keepalives_count": socket.TCP_KEEPCNT,
    "tcp_user_timeout": socket.TCP_USER_TIMEOUT,
}


def driver_arguments(
    dsn: str,
    connect_timeout: float,
    password_file: Path | None = None,
    server_settings: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the arguments. The URL has been checked.

    Its ``connect_timeout``, if it is positive, replaces the given one. The file is read for each
    connection, so that a new password applies at once; a password in the URL has precedence.
    """
    parts, options = urlsplit(dsn), parse_options(dsn)
    arguments: dict[str, Any] = {
        "dsn": _driver_dsn(parts, options),
        "timeout": max(int(options.get("connect_timeout", "0")), 0) or connect_timeout,
        "connection_class": connection_class(options),
    }
    if SERVICE_FILE in options:
        arguments["servicefile"] = options[SERVICE_FILE]
    if password_file is not None and not has_password(dsn):
        arguments["password"] = lambda: read_password(password_file)
    if server_settings is not None:
        name = options.get("application_name") or options.get("fallback_application_name")
        settings = {"application_name": name or APPLICATION, **server_settings}
        arguments["server_settings"] = settings
    return arguments


def read_password(file: Path) -> str:
    """Return the first line of the file. Raises ``StoreUnavailable``."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_PASSWORD).decode()
    except (OSError, ValueError) as error:
        raise StoreUnavailable("the file with the password cannot be read") from error
    return content.partition("\n")[0].rstrip("\r")


def connection_class(options: Mapping[str, str]) -> type[asyncpg.Connection]:
    """Return a class of connections whose sockets have the keepalive options.

    As with libpq, keepalives are on unless ``keepalives`` is 0.
    """
    numbers = {name: int(options.get(name, "0")) for name in KEEPALIVES}
    is_on = options.get("keepalives") != "0"

    class Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
        __slots__ = ()

        def __init__(self, protocol: Any, transport: Any, *arguments: Any) -> None:
            super().__init__(protocol, transport, *arguments)
            opened = transport.get_extra_info("socket")
            if opened is None or opened.family not in {socket.AF_INET, socket.AF_INET6}:
                return
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, int(is_on))
            for name, option in SOCKET_OPTIONS.items():
                if numbers[name] and (is_on or name == "tcp_user_timeout"):
                    opened.setsockopt(socket.IPPROTO_TCP, option, numbers[name])

    return Connection


def _driver_dsn(parts: SplitResult, options: Mapping[str, str]) -> str:
    """Return the URL without the options that asyncpg would pass to the server."""
    kept = {
        name: text
        for name, text in options.items()
        if name.casefold() not in {*NEEDS_NOTHING, *KEEPALIVES, *TRANSLATED, SERVICE_FILE}
    }
    if "hostaddr" in options:
        kept["host"] = options["hostaddr"]
    if "fallback_application_name" in options:
        kept.setdefault("application_name", options["fallback_application_name"])
    if kept.get("sslrootcert") == SYSTEM:
        kept["sslrootcert"] = ssl.get_default_verify_paths().cafile or ""
        kept["sslmode"] = "verify-full"
    return parts._replace(query=urlencode(kept, quote_via=quote)).geturl()
