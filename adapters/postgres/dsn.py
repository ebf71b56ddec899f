"""A database server's address: checked, shown without its password, and taken apart by hosts."""

from urllib.parse import parse_qs, urlsplit

from service_layer.errors import UnsupportedUrl

SERVER_SCHEMES = {"postgresql", "postgres"}
KNOWN_OPTIONS = {
    "sslmode": {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"},
    "target_session_attrs": {
        "any",
        "primary",
        "prefer-standby",
        "read-only",
        "read-write",
        "standby",
    },
}
"""Options of a server's address whose values would only be refused when it is connected to."""


def check_server_url(text: str) -> None:
    """Refuse what the driver could not make sense of. There may be several hosts."""
    try:
        parts = urlsplit(text)
        for host in parts.netloc.rpartition("@")[2].split(","):
            _ = urlsplit(f"//{host}").port
    except ValueError:
        raise UnsupportedUrl("not a URL such as postgresql://user@host:5432/name") from None
    options = parse_qs(parts.query)
    if not all(port.isdecimal() for port in ",".join(options.get("port", ["0"])).split(",")):
        raise UnsupportedUrl("a port is a number")
    if parts.netloc.rpartition("@")[2] and options.keys() & {"host", "port"}:
        raise UnsupportedUrl("it names hosts or ports in two places")
    for name, known in KNOWN_OPTIONS.items():
        if unknown := set(options.get(name, [])) - known:
            raise UnsupportedUrl(f"{name} can not be {', '.join(sorted(unknown))}")
    if parts.scheme not in SERVER_SCHEMES:
        raise UnsupportedUrl("not the address of a PostgreSQL server")
    if not parts.path.strip("/"):
        raise UnsupportedUrl("it names no database, as in postgresql://user@host:5432/name")


def without_password(dsn: str) -> str:
    """Return the address without its password, and without its options, which may hold another."""
    parts = urlsplit(dsn)
    user, at, hosts = parts.netloc.rpartition("@")
    name, colon, _ = user.partition(":")
    netloc = name + (":***" if colon else "") + at + hosts
    return parts._replace(netloc=netloc, query="", fragment="").geturl()


def each_host(dsn: str) -> list[str]:
    """Return an address for each host; ``prefer-standby`` has to see all of them at once."""
    parts = urlsplit(dsn)
    if "prefer-standby" in parts.query:
        return [dsn]
    user, at, hosts = parts.netloc.rpartition("@")
    return [parts._replace(netloc=f"{user}{at}{host}").geturl() for host in hosts.split(",")]
