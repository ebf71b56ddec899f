"""API keys: the stored entity, and the rules for a new one.

The key itself is not stored, only its digest, which is not part of the entity.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.errors import InvalidEntity, NotFound, Violation
from domain.rules import text

MAX_SCOPES = 16
"""Maximum number of scopes of a key."""

MAX_LIFETIME = 100 * 366 * 24 * 60 * 60
"""Maximum number of seconds until a new key expires: 100 years of 366 days."""

_SCOPE = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]{1,64}")
"""A scope token of RFC 6749, section 3.3, of at most 64 characters."""


class ApiKeyNotFound(NotFound):
    """No API key has this id."""

    kind = "API key"

    def __str__(self) -> str:
        return f"no API key has the id {self.entity_id}"


class InvalidApiKey(InvalidEntity):
    """Values violate the rules of an API key."""


@dataclass(frozen=True, slots=True)
class ApiKeyDraft:
    """The values of a new key, which has no id yet. Raises ``InvalidApiKey``."""

    name: str
    scopes: frozenset[str]
    lifetime: int | None = None
    """Seconds from its creation until it expires, or ``None`` if it does not expire."""

    def __post_init__(self) -> None:
        if violations := list(self._violations()):
            raise InvalidApiKey(violations)

    def _violations(self) -> Iterator[Violation]:
        if violation := text("name", self.name):
            yield violation
        if not 1 <= len(self.scopes) <= MAX_SCOPES:
            yield Violation("scopes", "scopes_number", f"A key has 1 to {MAX_SCOPES} scopes")
        if not all(_SCOPE.fullmatch(scope) for scope in self.scopes):
            yield Violation(
                "scopes",
                "scope_syntax",
                "A scope is a scope token of RFC 6749, of at most 64 characters",
            )
        if self.lifetime is not None and not 1 <= self.lifetime <= MAX_LIFETIME:
            yield Violation(
                "lifetime", "lifetime_range", "A key expires after 1 second to 100 years"
            )


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A stored API key. Times are Unix times of the database's clock, in whole seconds.

    ``id`` is never reused, unless the database goes back to an older state, as by a restore. A
    revoked key remains stored, so that it can be listed.
    """

    id: int
    name: str
    scopes: Sequence[str]
    """In alphabetical order."""

    created_at: int
    expires_at: int | None
    """When it expires, or ``None`` if it does not."""

    revoked_at: int | None
    """When it was revoked, or ``None`` if it was not."""

    damaged: frozenset[str] = frozenset()
    """Names of the fields whose stored value was changed by hand, and is no time or no text.

    A key with such a field is not valid.
    """
