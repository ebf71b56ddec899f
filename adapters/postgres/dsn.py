"""URLs of PostgreSQL: check them, hide the password, split them by host."""

import ssl
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from adapters.postgres.libpq_options import SYSTEM, check_options
from service_layer.errors import UnsupportedUrl

SERVER_SCHEMES = {"postgresql", "postgres"}
MAX_PORT = 65_535


def check_server_url(url: str) -> None:
    """Raise ``UnsupportedUrl`` if the driver cannot use the URL. It may have several hosts."""
    try:
        parts = urlsplit(url)
        for host in parts.netloc.rpartition("@")[2].split(","):
            _ = urlsplit(f"//{host}").port
    except ValueError:
        raise UnsupportedUrl("not a URL such as postgresql://user@host:5432/name") from None
    options = parse_options(url)
    if "\0" in unquote(url):
        raise UnsupportedUrl("it contains a NUL character")
    _check_hosts(parts.netloc.rpartition("@")[2] or options.get("host", ""), options)
    if parts.netloc.rpartition("@")[2] and options.keys() & {"host", "port"}:
        raise UnsupportedUrl("hosts or ports are repeated; remove the options host and port")
    if "hostaddr" in options and (parts.netloc.rpartition("@")[2] or "host" in options):
        raise UnsupportedUrl("the driver does not support hostaddr beside a host; omit one of them")
    check_options(options)
    if options.get("sslrootcert") == SYSTEM and not ssl.get_default_verify_paths().cafile:
        raise UnsupportedUrl("this system has no file for sslrootcert=system; give its path")
    if parts.scheme not in SERVER_SCHEMES:
        raise UnsupportedUrl("not the URL of a PostgreSQL server")
    if not parts.path.strip("/"):
        raise UnsupportedUrl("the database name is missing, as in postgresql://user@host:5432/name")


def _check_hosts(hosts: str, options: Mapping[str, str]) -> None:
    if not all(_is_port(port) for port in options.get("port", "0").split(",")):
        raise UnsupportedUrl(f"the port is not a number from 0 to {MAX_PORT}")
    if not all(_is_host(unquote(host.partition(":")[0])) for host in hosts.split(",")):
        raise UnsupportedUrl("a host is not a name, an address or the folder of a socket")


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdecimal() and int(text[:11]) <= MAX_PORT


def _is_host(text: str) -> bool:
    """Return whether the resolver gets the name: it raises ``UnicodeError`` for empty labels."""
    try:
        return text.startswith("/") or text.encode("idna") is not None
    except UnicodeError:
        return False


def parse_options(url: str) -> dict[str, str]:
    """Return the options with a value, of repeated ones the last. Raises ``UnsupportedUrl``."""
    try:
        pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=True)
    except ValueError:
        if not urlsplit(url).query:
            return {}
        raise UnsupportedUrl("its options are not name=value, separated by &") from None
    return {name: text for name, text in dict(pairs).items() if text}


def has_password(url: str) -> bool:
    """Return whether the URL contains a password."""
    user, at, _ = urlsplit(url).netloc.rpartition("@")
    return bool(at and unquote(user.partition(":")[2])) or "password" in parse_options(url)


def hide_password(dsn: str) -> str:
    """Return the URL without its password and options, which may contain a password too."""
    parts = urlsplit(dsn)
    user, at, hosts = parts.netloc.rpartition("@")
    name, colon, _ = user.partition(":")
    netloc = name + (":***" if colon else "") + at + hosts
    return parts._replace(netloc=netloc, query="", fragment="").geturl()


def split_hosts(dsn: str) -> list[str]:
    """Return one URL for each host. ``prefer-standby`` compares all hosts, so it has one URL."""
    parts = urlsplit(dsn)
    if "prefer-standby" in parts.query:
        return [dsn]
    user, at, hosts = parts.netloc.rpartition("@")
    return [parts._replace(netloc=f"{user}{at}{host}").geturl() for host in hosts.split(",")]
