"""The claim of an idempotency key, from the start of a route to its commit."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from fastapi import Request
from starlette.responses import Response

from entrypoints.http.idempotency import read_idempotency_key, replay, save_response
from service_layer.idempotency import IdempotencyKey, IdempotencyStore


class Transaction(Protocol):
    """What a claim uses of a unit of work."""

    @property
    def idempotency(self) -> IdempotencyStore: ...

    async def commit(self) -> None: ...


@dataclass(slots=True)
class Claim:
    """The claim of a request on its key, if it has one.

    A route returns ``replayed`` if there is such a response. Otherwise it runs its use case, which
    does not commit, and returns what ``commit`` returns.
    """

    replayed: Response | None
    _uow: Transaction
    _key: IdempotencyKey | None

    async def commit(self, response: Response) -> Response:
        """Commit the changes, with the response under the key. Raises ``ResponseTooLarge``."""
        await save_response(self._uow.idempotency, self._key, response)
        await self._uow.commit()
        return response


async def claim(request: Request, uow: Transaction, included: Collection[str] = ()) -> Claim:
    """Claim the request's key. Raises like ``read_idempotency_key`` and ``replay``."""
    key = await read_idempotency_key(request, included)
    return Claim(await replay(uow.idempotency, key), uow, key)
