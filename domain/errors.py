"""Domain errors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

Location = tuple[str | int, ...]
"""Path to a value in the input: member names, and indexes from 0 in sequences."""


class DomainError(Exception):
    """Base class of all domain errors."""


class NotFound(DomainError):
    """No entity of this ``kind`` has the id ``entity_id``."""

    kind: ClassVar[str] = "Entity"

    def __init__(self, entity_id: int) -> None:
        super().__init__(entity_id)
        self.entity_id = entity_id

    def __str__(self) -> str:
        return f"{self.kind} not found"


class StaleVersion(DomainError):
    """The entity's version does not satisfy the precondition. ``current`` is that version.

    ``reason`` says why, if it is not that the entity has changed.
    """

    def __init__(self, current: int, reason: str = "") -> None:
        super().__init__(reason or "The version does not match the precondition")
        self.current = current
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Violation:
    """One violated rule. It never contains the rejected value, which may be a secret.

    ``code`` is a stable identifier for programs. ``message`` is a sentence for people.
    """

    field: str
    code: str
    message: str


class BrokenRules(DomainError):
    """Values violate rules. ``violations`` has one entry for each violated rule."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__("; ".join(f"{v.field}: {v.message}" for v in violations))
        self.violations = tuple(violations)


class InvalidEntity(BrokenRules):
    """Values violate the rules of an entity."""


class InvalidQuery(BrokenRules):
    """The query is invalid. A violation's ``field`` names the part of the query."""


class OperationFailed(DomainError):
    """One operation of a batch failed, so none was applied.

    ``loc`` is the path to the operation. ``cause`` is its error, of the domain or of the database.
    """

    def __init__(self, loc: Location, cause: Exception) -> None:
        super().__init__(f"{'/'.join(map(str, loc))}: {cause}")
        self.loc = loc
        self.cause = cause
