"""The principal: on whose behalf a request is executed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated client, and what it may do.

    ``id`` is stable and unique, at most 255 characters, such as ``key:12`` or ``token:alice``.
    ``scopes`` are names such as ``<resource>:read``.
    """

    id: str
    scopes: frozenset[str]
