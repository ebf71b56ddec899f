"""A cache of verified tokens, so that a signature is not verified in each request."""

import time
from collections import OrderedDict
from collections.abc import Callable

from adapters.tokens.verification import VerifiedToken
from domain.principal import Principal

MAX_VERIFIED_TOKENS = 2048
"""Maximum number of tokens. They take 3 MiB if each has 1 KiB, and 20 MiB at most."""


class VerifiedTokens:
    """A cache of the principals of verified tokens (LRU). An entry expires with its token.

    Invalid tokens are not stored, so they do not displace valid ones.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._tokens: OrderedDict[str, VerifiedToken] = OrderedDict()

    def get(self, token: str) -> Principal | None:
        """Return the principal of the token if it is cached and has not expired."""
        found = self._tokens.get(token)
        if found is None:
            return None
        if self._clock() >= found.expires_at:
            del self._tokens[token]
            return None
        self._tokens.move_to_end(token)
        return found.principal

    def add(self, token: str, verified: VerifiedToken) -> None:
        """Add a token. If the cache is full, remove the least recently used token."""
        if len(self._tokens) >= MAX_VERIFIED_TOKENS:
            self._tokens.popitem(last=False)
        self._tokens[token] = verified

    def clear(self) -> None:
        """Remove all tokens."""
        self._tokens.clear()
