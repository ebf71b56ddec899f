"""The hero repository: the port for storing and querying heroes."""

from collections.abc import Sequence
from typing import Protocol

from domain.hero import Hero, HeroDraft, HeroQuery


class HeroReader(Protocol):
    """Read access to the stored heroes."""

    async def get(self, hero_id: int) -> Hero:
        """Return the hero. Any integer is valid as an id. Raises ``HeroNotFound``."""

    async def page(self, query: HeroQuery) -> Sequence[Hero]:
        """Return the page of heroes that the query selects."""

    async def count(self, query: HeroQuery) -> int:
        """Return the number of heroes that match the filters, on all pages."""


class HeroRepository(HeroReader, Protocol):
    """Read and write access. ``get`` locks the hero until the unit of work ends."""

    async def add(self, draft: HeroDraft) -> Hero:
        """Insert a hero with a new id, one that no hero has had before. Return it."""

    async def update(self, hero: Hero) -> None:
        """Replace the stored hero that has the same id. Raises ``HeroNotFound``."""

    async def remove(self, hero_id: int) -> None:
        """Delete the hero. Its id is not reused. Raises ``HeroNotFound``."""
