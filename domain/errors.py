"""What the domain refuses, in its own words."""

from collections.abc import Sequence
from dataclasses import dataclass

Location = tuple[str | int, ...]
"""The way to a part of what was given: names of members, and numbers from 0 in sequences."""


class DomainError(Exception):
    """Root of everything the domain refuses."""


class NotFound(DomainError):
    """There is no such entity; the message says of which kind."""


class StaleVersion(DomainError):
    """The entity is in the version ``current``, which the command did not agree to find."""

    def __init__(self, current: int) -> None:
        super().__init__("The version does not match the precondition")
        self.current = current


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule. Never carries the rejected value, which may be a secret.

    ``code`` is a stable identifier for programs, ``message`` a sentence for people.
    """

    field: str
    code: str
    message: str


class BrokenRules(DomainError):
    """Values that break rules; ``violations`` holds one entry a broken rule."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__("; ".join(f"{v.field}: {v.message}" for v in violations))
        self.violations = tuple(violations)


class InvalidEntity(BrokenRules):
    """Values that break an entity's rules."""


class InvalidQuery(BrokenRules):
    """A query that asks for what can't be asked; a violation's field is the part of the query."""


class OperationFailed(DomainError):
    """One of several operations, none of which is done. ``loc`` leads to it, ``cause`` is why."""

    def __init__(self, loc: Location, cause: DomainError) -> None:
        super().__init__(f"{'/'.join(map(str, loc))}: {cause}")
        self.loc = loc
        self.cause = cause
