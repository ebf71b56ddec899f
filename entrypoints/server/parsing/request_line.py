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

TARGET_ERRORS = (HttpParserInvalidURLError, UnicodeDecodeError)
"""What uvicorn's callbacks raise for invalid targets."""

SUPPORTED_VERSIONS = (b"1.0", b"1.1")

# A line feed without a carriage return passes here, and is refused by the parser.
_REQUEST_LINE = re.compile(
    rb"[!#$%&'*+.^_`|~0-9A-Za-z-]++ [^\x00-\x20\x7f]++ HTTP/([0-9]\.[0-9])\r?\n"
)
_VERSION = b"HTTP/1.1"
_COMPLETIONS = (b"A / " + _VERSION, b"/ " + _VERSION, _VERSION)
"""What completes a request line of which the method, the target or the version is unfinished."""


def check_request_line(line: bytes) -> None:
    """Raise ``Refused`` unless the line, with its line end, is a valid request line."""
    _check_target(line)
    found = _REQUEST_LINE.fullmatch(line)
    if found is None:
        raise _malformed()
    if found[1] not in SUPPORTED_VERSIONS:
        detail = "This server supports HTTP/1.0 and HTTP/1.1."
        raise Refused(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, detail)


def check_unfinished_line(line: bytes) -> None:
    """Raise ``Refused`` if this cannot be the beginning of a valid request line."""
    _check_target(line)
    parts = line.split(b" ", 2)
    completion = _COMPLETIONS[len(parts) - 1]
    if completion == _VERSION:
        completion = completion[len(parts[-1]) :]
    if _REQUEST_LINE.fullmatch(line + completion + b"\n") is None:
        raise _malformed()


def classify_error(error: HttpParserError) -> Refused:
    """Return the refusal for an error of the parser in a request whose line is valid.

    An unexpected exception of a callback is raised again.
    """
    cause = error.__context__  # the exception of a callback, if one has raised
    if isinstance(cause, Refused):
        return cause
    if isinstance(error, HttpParserCallbackError) and not isinstance(cause, TARGET_ERRORS):
        raise error
    if _is_unknown_method(error):
        return Refused(HTTPStatus.NOT_IMPLEMENTED, "The method is not implemented.")
    return bad_request("The request is not valid HTTP/1.1.")


def find_target(line: bytes) -> bytes:
    """Return the target in a request line, or its beginning if the line is unfinished."""
    return line.rstrip(b"\r\n").partition(b" ")[2].partition(b" ")[0]


def _is_unknown_method(error: HttpParserError) -> bool:
    """Return whether HTTP has no such method. For RTSP's methods the error has no own class."""
    return isinstance(error, HttpParserInvalidMethodError) or "Invalid method" in str(error)


def _check_target(line: bytes) -> None:
    if len(find_target(line)) > MAX_TARGET:
        detail = f"A request target may have at most {MAX_TARGET} bytes."
        raise Refused(HTTPStatus.REQUEST_URI_TOO_LONG, detail)


def _malformed() -> Refused:
    return bad_request("The request line is malformed.")
