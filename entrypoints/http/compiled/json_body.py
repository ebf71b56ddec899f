"""JSON bodies: the bound of nesting and positions of errors are equal on all versions of Python."""

import re
from collections.abc import Awaitable, Callable, Coroutine
from json import JSONDecodeError
from typing import Any

from fastapi import HTTPException
from fastapi.requests import Request
from fastapi.responses import Response

from entrypoints.http.compiled.json_nesting import is_nested_too_deeply

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

READ_ERROR = "There was an error parsing the body"

_TRAILING_COMMA = "Illegal trailing comma"
_WHITESPACE = re.compile(r"[ \t\n\r]*")


def check_nesting(content: bytes) -> None:
    """Raise the 400 of FastAPI for a body that it cannot read, if JSON is nested too deeply."""
    if is_nested_too_deeply(content):
        raise HTTPException(400, READ_ERROR)


def read_json_alike(handle: Handler) -> Handler:
    """Return the handler with a ``request.json()`` that does not depend on the version of Python.

    The method is replaced in the request itself: error handlers get the same object, and with it
    the body that was received.
    """

    async def handle_alike(request: Request) -> Response:
        parse = request.json

        async def parse_alike() -> Any:
            return await _parse(request, parse)

        request.json = parse_alike  # type: ignore[method-assign] # of this request only
        try:
            return await handle(request)
        finally:
            del request.json  # no cycle is left for the garbage collector

    return handle_alike


def relocate(error: JSONDecodeError) -> JSONDecodeError:
    """Return the error. If it is a trailing comma, locate it at the bracket after the comma.

    Python 3.12 and older locate it there, newer versions at the comma.
    """
    if not error.msg.startswith(_TRAILING_COMMA):
        return error
    space = _WHITESPACE.match(error.doc, error.pos + 1)
    return JSONDecodeError(error.msg, error.doc, space.end() if space else error.pos)


async def _parse(request: Request, parse: Callable[[], Awaitable[Any]]) -> Any:
    check_nesting(await request.body())
    try:
        return await parse()
    except JSONDecodeError as error:
        raise relocate(error) from None
