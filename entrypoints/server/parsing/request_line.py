"""The request line (RFC 9112, section 3), and the errors of the parser.

httptools accepts request lines of other protocols, such as RTSP and HTTP/0.9, and its errors do not
say which part of a request is wrong.
"""

import re
from http import HTTPStatus

from httptools import (
    HttpParserCallbackError,
    HttpParserError,
    HttpParserInvalidMethodError,
    HttpParserInvalidURLError,
)

from entrypoints.server.parsing.refusals import Refused, bad_request

MAX_TARGET = 16 * 1024
"""Maximum size in bytes of a request target."""

EXPECTED = (HttpParserInvalidURLError, UnicodeDecodeError)
"""What uvicorn's callbacks raise for invalid targets."""

SUPPORTED_VERSIONS = (b"1.0", b"1.1")

_METHOD = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_REQUEST_LINE = re.compile(rb"%b ([^\x00-\x20\x7f]++) HTTP/([0-9]\.[0-9])\r?\n" % _METHOD)
_UNFINISHED_VERSION = re.compile(rb"%b [^\x00-\x20\x7f]++ HTTP/[0-9]\.[0-9]\r?" % _METHOD)
_UNFINISHED_METHOD = re.compile(rb"%b(?: [^\n]*+)?" % _METHOD)


def check_request_line(line: bytes) -> None:
    """Raise ``Refused`` unless the line, with its line end, is a valid request line."""
    found = _REQUEST_LINE.fullmatch(line)
    if found is None:
        raise _too_long(line) or bad_request("The request line is malformed.")
    if len(found[1]) > MAX_TARGET:
        raise _target_too_long()
    if found[2] not in SUPPORTED_VERSIONS:
        raise _unsupported_version()


def check_unfinished_line(line: bytes) -> None:
    """Raise ``Refused`` if the beginning of a request line contains a target that is too long."""
    if refusal := _too_long(line):
        raise refusal


def classify_error(error: HttpParserError, line: bytes) -> Refused:
    """Return the refusal for an error of the parser.

    ``line`` is the request line, or its beginning if the rest has not been received. A complete
    line has passed ``check_request_line``. An unexpected exception of a callback is raised again.
    """
    cause = error.__context__  # the exception of a callback, if one has raised
    if isinstance(cause, Refused):
        return cause
    if isinstance(error, HttpParserCallbackError) and not isinstance(cause, EXPECTED):
        raise error
    if _UNFINISHED_VERSION.fullmatch(line):
        return _unsupported_version()
    if _is_unknown_method(error) and _UNFINISHED_METHOD.fullmatch(line.rstrip(b"\r\n")):
        return Refused(HTTPStatus.NOT_IMPLEMENTED, "The method is not implemented.")
    return bad_request("The request is not valid HTTP/1.1.")


def find_target(line: bytes) -> bytes:
    """Return the target in a request line, or its beginning if the line is unfinished."""
    return line.rstrip(b"\r\n").partition(b" ")[2].partition(b" ")[0]


def _is_unknown_method(error: HttpParserError) -> bool:
    """Return whether HTTP has no such method. For RTSP's methods the error has no own class."""
    return isinstance(error, HttpParserInvalidMethodError) or "Invalid method" in str(error)


def _too_long(line: bytes) -> Refused | None:
    return _target_too_long() if len(find_target(line)) > MAX_TARGET else None


def _target_too_long() -> Refused:
    detail = f"A request target may have at most {MAX_TARGET} bytes."
    return Refused(HTTPStatus.REQUEST_URI_TOO_LONG, detail)


def _unsupported_version() -> Refused:
    detail = "This server supports HTTP/1.0 and HTTP/1.1."
    return Refused(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, detail)
