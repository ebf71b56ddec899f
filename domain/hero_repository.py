"""The port through which heroes are kept and found."""

from collections.abc import Sequence
from typing import Protocol

from domain.hero import Hero, HeroDraft, HeroQuery


class HeroReader(Protocol):
    """What a query may ask of the kept heroes."""

    async def get(self, hero_id: int) -> Hero:
        """Return the hero. Any integer may be asked for; raises ``HeroNotFound``."""

    async def page(self, query: HeroQuery) -> Sequence[Hero]:
        """Return the stretch of heroes that the query asks for."""

    async def count(self, query: HeroQuery) -> int:
        """Return how many heroes pass the query's filters, in whatever stretch they are."""


class HeroRepository(HeroReader, Protocol):
    """What a command may do besides. What it gets stays its own until its unit of work ends."""

    async def add(self, draft: HeroDraft) -> Hero:
        """Keep a new hero, under an id no hero had before, and return it."""

    async def update(self, hero: Hero) -> None:
        """Replace the hero that has the same id. Raises ``HeroNotFound``."""

    async def remove(self, hero_id: int) -> None:
        """Forget the hero; its id stays spent. Raises ``HeroNotFound``."""
