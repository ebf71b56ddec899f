"""The port through which heroes are kept and found."""

from collections.abc import Sequence
from typing import Protocol

from domain.hero import Hero, HeroDraft


class HeroReader(Protocol):
    """What a query may ask of the kept heroes."""

    async def get(self, hero_id: int) -> Hero:
        """Return the hero. Any integer may be asked for; raises ``HeroNotFound``."""

    async def page(self, *, offset: int, limit: int) -> Sequence[Hero]:
        """Return at most ``limit`` heroes in the order of their ids, ``offset`` of them skipped.

        Both are 0 to 2**63 - 1.
        """


class HeroRepository(HeroReader, Protocol):
    """What a command may do besides. What it reads stays its own until its unit of work ends."""

    async def add(self, draft: HeroDraft) -> Hero:
        """Keep a new hero, under an id no hero had before, and return it."""

    async def update(self, hero: Hero) -> None:
        """Replace the hero that has the same id. Raises ``HeroNotFound``."""

    async def remove(self, hero_id: int) -> None:
        """Forget the hero; its id stays spent. Raises ``HeroNotFound``."""
