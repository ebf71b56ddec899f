"""Options of a database URL, as libpq documents them, and what this driver does with each.

asyncpg knows some of them and passes every other one to the server as a setting. So those that only
libpq knows are honoured here, or refused by name if their value cannot be honoured.
"""

import os
import ssl
from collections.abc import Mapping
from pathlib import Path

from service_layer.errors import UnsupportedUrl

OF_THE_DRIVER = {
    "dbname",
    "gsslib",
    "host",
    "krbsrvname",
    "passfile",
    "password",
    "port",
    "service",
    "sslcert",
    "sslcrl",
    "sslkey",
    "sslmode",
    "sslnegotiation",
    "sslpassword",
    "sslrootcert",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "target_session_attrs",
    "user",
}
"""Options that asyncpg honours."""

OF_THE_SERVER = {"application_name", "options"}
"""Options that the server receives at the start of a connection."""

KEEPALIVES = {
    "keepalives": 1,
    "keepalives_idle": 32_767,
    "keepalives_interval": 32_767,
    "keepalives_count": 127,
    "tcp_user_timeout": 2**31 - 1,
}
"""Options of the socket, with the maximum that Linux accepts. 0 selects the system's default."""

TRANSLATED = {"client_encoding", "connect_timeout", "fallback_application_name", "hostaddr"}
"""Options that are translated into others before the driver gets them."""

SERVICE_FILE = "servicefile"

MAX_CONNECT_TIMEOUT = 3600

NEEDS_NOTHING: Mapping[str, set[str]] = {
    "channel_binding": {"disable", "prefer"},
    "gssdelegation": {"0"},
    "gssencmode": {"disable", "prefer"},
    "load_balance_hosts": {"disable"},
    "max_protocol_version": {"3.0", "3.2", "latest"},
    "min_protocol_version": {"3.0"},
    "oauth_client_id": set(),
    "oauth_client_secret": set(),
    "oauth_issuer": set(),
    "oauth_scope": set(),
    "replication": {"0", "false", "no", "off"},
    "require_auth": set(),
    "requirepeer": set(),
    "scram_client_key": set(),
    "scram_server_key": set(),
    "sslcertmode": {"allow"},
    "sslcompression": {"0"},
    "sslcrldir": set(),
    "sslkeylogfile": set(),
    "sslsni": {"1"},
}
"""Options that asyncpg lacks, with the values with which it does what they ask for anyway."""

TLS_VERSIONS = {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}

KNOWN_VALUES: Mapping[str, set[str]] = {
    "gsslib": {"gssapi", "sspi"},
    "sslmode": {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"},
    "sslnegotiation": {"postgres", "direct"},
    "ssl_max_protocol_version": TLS_VERSIONS,
    "ssl_min_protocol_version": TLS_VERSIONS,
    "target_session_attrs": {
        "any",
        "primary",
        "prefer-standby",
        "read-only",
        "read-write",
        "standby",
    },
}
"""Options whose values the driver checks only when it connects."""

FILES = "sslcert", "sslcrl", "sslkey", "sslrootcert"
SYSTEM = "system"
"""The value of ``sslrootcert`` that stands for the certificate authorities of the system."""

UTF8 = {"auto", "unicode", "utf-8", "utf8"}


def check_options(options: Mapping[str, str]) -> None:
    """Raise ``UnsupportedUrl`` if an option has a value that cannot be honoured."""
    for name, known in KNOWN_VALUES.items():
        if options.get(name, next(iter(known))) not in known:
            raise UnsupportedUrl(f"{name} is not one of {', '.join(sorted(known))}")
    for name, harmless in NEEDS_NOTHING.items():
        if options.get(name) not in {None, *harmless}:
            only = f"; omit it, or use {' or '.join(sorted(harmless))}" if harmless else "; omit it"
            raise UnsupportedUrl(f"the driver does not support this value of {name}{only}")
    for name, maximum in (KEEPALIVES | {"connect_timeout": MAX_CONNECT_TIMEOUT}).items():
        _check_number(name, options.get(name, "0"), maximum)
    _check_encoding(options)
    _check_certificates(options)
    _check_encryption(options)


def _check_number(name: str, text: str, maximum: int) -> None:
    if name == "connect_timeout":
        text = text.removeprefix("-")  # libpq documents negative numbers to mean the same as 0
    if not (text.isascii() and text.isdecimal() and int(text[:11]) <= maximum):
        raise UnsupportedUrl(f"{name} is not a number from 0 to {maximum}")


def _check_encoding(options: Mapping[str, str]) -> None:
    """Refuse another encoding. The names of the server's settings have no case."""
    for name, text in options.items():
        if name.casefold() == "client_encoding" and text.casefold() not in UTF8:
            raise UnsupportedUrl("client_encoding is not UTF8, which the driver requires")


def _check_encryption(options: Mapping[str, str]) -> None:
    """Refuse combinations that the driver would refuse without their names."""
    mode = options.get("sslmode", "")
    if options.get("sslnegotiation") == "direct" and mode in {"disable", "allow", "prefer"}:
        raise UnsupportedUrl("sslnegotiation=direct requires sslmode=require or stronger")
    has_authorities = "sslrootcert" in options or "PGSSLROOTCERT" in os.environ
    if mode.startswith("verify") and not (has_authorities or "service" in options):
        try:
            has_authorities = (Path.home() / ".postgresql" / "root.crt").is_file()
        except (OSError, RuntimeError):  # there is no home directory
            has_authorities = False
        if not has_authorities:
            raise UnsupportedUrl(
                f"sslmode={mode} requires sslrootcert, the file with the certificate authorities"
            )


def _check_certificates(options: Mapping[str, str]) -> None:
    for name in FILES:
        file = options.get(name)
        if name == "sslrootcert" and file == SYSTEM:
            if options.get("sslmode", "verify-full") != "verify-full":
                raise UnsupportedUrl("sslrootcert=system requires sslmode=verify-full")
        elif file is not None and not Path(file).is_file():
            raise UnsupportedUrl(f"there is no file with the path of {name}")
        elif name == "sslrootcert" and file is not None:
            _check_authorities(file)


def _check_authorities(file: str) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(file)
    except OSError as error:  # SSLError, too
        raise UnsupportedUrl("the file of sslrootcert has no certificates to read") from error
