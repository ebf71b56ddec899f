"""The forms of a request target (RFC 9112, section 3.2)."""

import httptools

from entrypoints.server.parsing.hosts import parse_host
from entrypoints.server.parsing.refusals import Refused, bad_request

ASTERISK = b"*"
"""The target of OPTIONS that means the server as a whole."""

SCHEMES = (b"http", b"https")


def parse_target(method: bytes, target: bytes) -> tuple[bytes, str | None]:
    """Return the path with its query, and the host that an absolute target contains.

    ``OPTIONS`` with an absolute target without a path means the server as a whole, too (section
    3.2.4). Raises ``Refused``.
    """
    if target.startswith(b"/"):
        return target, None
    if target == ASTERISK:
        if method != b"OPTIONS":
            raise bad_request("Only OPTIONS can have the target *.")
        return target, None
    return _parse_absolute(method, target)


def _parse_absolute(method: bytes, target: bytes) -> tuple[bytes, str]:
    try:
        url = httptools.parse_url(target)
    except httptools.HttpParserInvalidURLError:
        raise _invalid_target() from None
    if (url.schema or b"").lower() not in SCHEMES or not url.host or url.userinfo:
        raise _invalid_target()
    authority = target.partition(b"://")[2].partition(b"/")[0].partition(b"?")[0].partition(b"#")[0]
    host = parse_host(authority)
    path, query = url.path or b"", url.query or b""
    if not path and not query and method == b"OPTIONS":
        return ASTERISK, host
    return (path or b"/") + (b"?" + query if query else b""), host


def _invalid_target() -> Refused:
    return bad_request("The request target is not valid.")
