"""The hero entity, its draft, its changes and its rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from domain.entity import entity
from domain.errors import InvalidEntity, NotFound, Violation
from domain.filters import Field, Operator
from domain.query import Query
from domain.rules import INT64_MAX, Rule, optional_count, text

RULES: Mapping[str, Rule] = {"name": text, "secret_name": text, "age": optional_count}
"""The fields that a client may set, each with its rule."""


class HeroNotFound(NotFound):
    """No hero has the id ``hero_id``."""

    def __init__(self, hero_id: int) -> None:
        super().__init__("Hero not found")
        self.hero_id = hero_id


class InvalidHero(InvalidEntity):
    """Values violate the rules of a hero."""


@dataclass(frozen=True, slots=True)
class HeroDraft:
    """The values of a hero that has no id yet. Raises ``InvalidHero``."""

    name: str
    secret_name: str = field(repr=False)
    age: int | None = None

    def __post_init__(self) -> None:
        _check({name: getattr(self, name) for name in RULES})


@dataclass(frozen=True, slots=True)
class HeroChanges:
    """New values for some fields of a hero. Raises ``InvalidHero``."""

    values: Mapping[str, Any] = field(repr=False)

    def __post_init__(self) -> None:
        _check(self.values)


@entity
class Hero:
    """A stored hero.

    Its values are not validated: heroes that older versions stored must remain readable.
    ``id`` is never reused. ``version`` starts at 1 and increases by 1 with every change; after
    ``INT64_MAX``, which only another program can have stored, it starts again.
    """

    id: int
    name: str
    secret_name: str = field(repr=False)
    age: int | None
    version: int

    def apply(self, changes: HeroChanges) -> "Hero":
        """Return a copy with the changes and the next version, or ``self`` if no value differs."""
        if all(getattr(self, name) == value for name, value in changes.values.items()):
            return self
        return replace(self, **changes.values, version=next_version(self.version))


class HeroQuery(Query):
    """A query for heroes.

    ``secret_name`` is not a field of it: with a filter, a client could guess secret names.
    """

    fields: ClassVar[Mapping[str, Field]] = {
        "id": Field(int),
        "name": Field(str, {Operator.EQ, Operator.STARTSWITH, Operator.CONTAINS}),
        "age": Field(
            int, {Operator.EQ, Operator.GTE, Operator.LTE, Operator.ISNULL}, nullable=True
        ),
    }


def next_version(version: int) -> int:
    """Return the version after this one."""
    return version + 1 if version < INT64_MAX else 1


def _check(values: Mapping[str, object]) -> None:
    violations = [_validate(name, value) for name, value in values.items()]
    if any(violations):
        raise InvalidHero([violation for violation in violations if violation])


def _validate(name: str, value: object) -> Violation | None:
    rule = RULES.get(name)
    if rule is None:
        return Violation(name, "unknown_field", "Field cannot be set")
    return rule(name, value)
