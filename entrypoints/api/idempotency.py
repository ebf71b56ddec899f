"""Requests that are carried out once, however often they are sent with the same key."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

from fastapi import Request
from starlette.responses import Response

from entrypoints.api.idempotency_key import NAME, REPLAYED, read_key
from service_layer.idempotency import (
    Command,
    IdempotencyKey,
    StoredAnswer,
    answer_once,
)
from service_layer.unit_of_work import UnitOfWork

T = TypeVar("T")

FIELD = NAME.lower().encode()
"""The header's name as ASGI spells it."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long answers are kept, in seconds of the ``clock``. Processes have to agree on both."""

    lifetime: int = 24 * 60 * 60
    clock: Callable[[], float] = time.time


async def answered_once(
    request: Request, uow: UnitOfWork, command: Command[T], answer: Callable[[T], Response]
) -> Response:
    """Return the answer to the command's result; with a key, the same one each time.

    Without a key in the request it is carried out as it is.
    """
    fields = [value for name, value in request.scope["headers"] if name == FIELD]
    if not fields:
        return answer(await command())
    retention: Retention = request.app.state.retention
    key = IdempotencyKey(read_key(fields), await _fingerprint(request), int(retention.clock()))

    def to_keep(result: T) -> StoredAnswer:
        return _stored(answer(result))

    stored, replayed = await answer_once(
        uow.answers, key, command, to_keep, lifetime=retention.lifetime
    )
    return _given(stored, replayed=replayed)


async def _fingerprint(request: Request) -> bytes:
    """Return a hash of method, path and body. The first two hold no line break.

    The query is left out: no route that takes a key reads one.
    """
    head = b"%b %b\n" % (request.method.encode(), request.scope["raw_path"])
    return sha256(head + await request.body()).digest()


def _stored(response: Response) -> StoredAnswer:
    headers = (
        (name.decode("latin-1"), text.decode("latin-1")) for name, text in response.raw_headers
    )
    return StoredAnswer(response.status_code, tuple(headers), bytes(response.body))


def _given(stored: StoredAnswer, *, replayed: bool) -> Response:
    response = Response(stored.body, stored.status)
    response.raw_headers = [
        (name.encode("latin-1"), text.encode("latin-1")) for name, text in stored.headers
    ]
    if replayed:
        response.headers[REPLAYED] = "true"
    return response
