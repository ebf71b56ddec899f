"""The hero repository: the port for storing and querying heroes."""

from typing import Protocol

from domain.hero import Hero, HeroDraft, HeroQuery
from domain.repository import Reader, Repository


class HeroReader(Reader[Hero, HeroQuery], Protocol):
    """Read access to the stored heroes."""


class HeroRepository(Repository[Hero, HeroDraft, HeroQuery], Protocol):
    """Read and write access to the stored heroes."""
