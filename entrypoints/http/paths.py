"""Paths: as the client sees them, and the ids in them."""

import re
from functools import lru_cache
from urllib.parse import quote, unquote, unquote_to_bytes

from starlette.convertors import StringConvertor, register_url_convertor
from starlette.types import Scope


class MemberConvertor(StringConvertor):
    """The id of a collection's member: one segment of a path, but not ``batch``.

    ``batch`` is a resource of its own. A route for ``{id}`` would match its path too, and add its
    methods to those of the batch.
    """

    regex = r"(?!batch(?:/|\Z))[^/]+"


register_url_convertor("member", MemberConvertor())


LIVE_PATH = "/livez"
READY_PATH = "/readyz"
VERSION_PATH = "/version"

HEALTH_PATHS = frozenset({LIVE_PATH, READY_PATH, VERSION_PATH})
"""Paths that probes request, by whatever name or address and however often."""

ENCODED_SLASH = re.compile(b"%2F", re.IGNORECASE)
"""A slash that separates no segments (RFC 3986, section 2.2)."""

ENCODED_CACHE_SIZE = 100


def raw_path(scope: Scope) -> bytes:
    """Return the encoded path of the request, which ASGI servers need not provide."""
    return scope.get("raw_path") or quote(scope["path"]).encode()


def local_path(scope: Scope) -> str:
    """Return the decoded path of the request without the root path."""
    path: str = scope["path"]
    root = scope.get("root_path")
    return path.removeprefix(root) if root else path


def external_root(scope: Scope) -> str:
    """Return the percent-encoded root path of the request, without a slash at its end."""
    return quote(scope.get("root_path", "").rstrip("/"))


def external_path(scope: Scope) -> str:
    """Return the percent-encoded path of the request including the root path.

    ``scope["path"]`` may lack the root path: proxies and ASGI servers differ in this.
    """
    root, path = scope.get("root_path", ""), _encode(raw_path(scope))
    return path if scope["path"].startswith(f"{root}/") else quote(root) + path


def escape_path(scope: Scope) -> str:
    """Return the path with what patterns of routes could mistake escaped.

    ASGI decodes ``%2F``: one segment looks like two. Here it stays encoded. Patterns of Starlette
    end in ``$``, which matches before a last line feed too, but not before two: it is doubled.
    """
    path, raw = str(scope["path"]), raw_path(scope)
    if path == unquote(raw):  # unless a middleware has replaced one of them
        path = unquote(ENCODED_SLASH.sub(b"%252F", raw))
    return f"{path}\n" if path.endswith("\n") else path


@lru_cache(ENCODED_CACHE_SIZE)
def _encode(path: bytes) -> str:
    """Return the path in normalized encoding (RFC 3986, section 6.2.2).

    A path that starts with two slashes gets a prefix: it would be read as a host.
    """
    parts = [quote(unquote_to_bytes(part)) for part in ENCODED_SLASH.split(path)]
    encoded = "%2F".join(parts)
    return f"/.{encoded}" if encoded.startswith("//") else encoded
