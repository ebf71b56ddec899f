"""The principal: the client on whose behalf a request is executed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principal:
    """The client of a request, and the scopes that it has.

    ``id`` is stable and unique, and has at most 255 characters: ``key:12`` for an API key,
    ``token:alice`` for the subject of a token. If clients are not authenticated, all requests have
    the same principal, ``anonymous``. ``scopes`` are names such as ``<service>:read``.
    """

    id: str
    scopes: frozenset[str]
