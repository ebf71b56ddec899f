"""A process's connections to a server, handed out first come, first served."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from service_layer.errors import StoreUnavailable


class Pool:
    """Turns at the connections of an engine.

    The engine has a queue of its own, where newcomers may overtake who has waited: among many
    clients some would wait too long while others are served again and again. ``patience`` is the
    most seconds to wait. Pools that share an engine share its ``turns``.
    """

    def __init__(self, engine: AsyncEngine, turns: asyncio.Semaphore, patience: float) -> None:
        self.engine = engine
        self._turns = turns
        self._patience = patience

    async def take(self) -> None:
        """Return when a connection is free. Raises ``StoreUnavailable`` if that takes too long."""
        try:
            async with asyncio.timeout(self._patience):
                await self._turns.acquire()
        except TimeoutError:
            raise StoreUnavailable("all connections to the database are in use") from None

    def give_back(self) -> None:
        """Let the next one have the connection."""
        self._turns.release()
