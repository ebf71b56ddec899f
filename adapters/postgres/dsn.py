"""URLs of PostgreSQL: check them, hide the password, split them by host."""

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
"""Options of the URL whose values the driver checks only when it connects."""


def check_server_url(url: str) -> None:
    """Raise ``UnsupportedUrl`` if the driver cannot use the URL. It may have several hosts."""
    try:
        parts = urlsplit(url)
        for host in parts.netloc.rpartition("@")[2].split(","):
            _ = urlsplit(f"//{host}").port
    except ValueError:
        raise UnsupportedUrl("not a URL such as postgresql://user@host:5432/name") from None
    options = parse_qs(parts.query)
    if not all(port.isdecimal() for port in ",".join(options.get("port", ["0"])).split(",")):
        raise UnsupportedUrl("the port is not a number")
    if parts.netloc.rpartition("@")[2] and options.keys() & {"host", "port"}:
        raise UnsupportedUrl("hosts or ports are repeated; remove the options host and port")
    for name, known in KNOWN_OPTIONS.items():
        if set(options.get(name, [])) - known:
            raise UnsupportedUrl(f"{name} is not one of {', '.join(sorted(known))}")
    if parts.scheme not in SERVER_SCHEMES:
        raise UnsupportedUrl("not the URL of a PostgreSQL server")
    if not parts.path.strip("/"):
        raise UnsupportedUrl("the database name is missing, as in postgresql://user@host:5432/name")


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
