"""The hero, the draft it is made from, and the rules both keep."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from domain.entity import entity
from domain.errors import InvalidEntity, NotFound, Violation
from domain.filters import Field, Operator
from domain.query import Query
from domain.rules import Rule, optional_count, text

RULES: Mapping[str, Rule] = {"name": text, "secret_name": text, "age": optional_count}
"""The fields a client may set, and the rule each keeps."""


class HeroNotFound(NotFound):
    """No hero has this id."""

    def __init__(self, hero_id: int) -> None:
        super().__init__("Hero not found")
        self.hero_id = hero_id


class InvalidHero(InvalidEntity):
    """Values that break a hero's rules."""


@dataclass(frozen=True, slots=True)
class HeroDraft:
    """A hero that has no identity yet. Raises ``InvalidHero`` when a rule is broken."""

    name: str
    secret_name: str = field(repr=False)
    age: int | None = None

    def __post_init__(self) -> None:
        _check({name: getattr(self, name) for name in RULES})


@dataclass(frozen=True, slots=True)
class HeroChanges:
    """New values for some of a hero's fields. Raises ``InvalidHero`` when a rule is broken."""

    values: Mapping[str, Any] = field(repr=False)

    def __post_init__(self) -> None:
        _check(self.values)


@entity
class Hero:
    """A stored hero. Trusted as it is: what an older version stored must still be readable.

    ``id`` is never handed out twice. ``version`` starts at 1 and rises by 1 with every change.
    """

    id: int
    name: str
    secret_name: str = field(repr=False)
    age: int | None
    version: int

    def changed(self, changes: HeroChanges) -> "Hero":
        """Return the hero with the changes made and one version on, or itself if none differs."""
        if all(getattr(self, name) == value for name, value in changes.values.items()):
            return self
        return replace(self, **changes.values, version=self.version + 1)


class HeroQuery(Query):
    """Heroes to be found. Their secret names are no help: a filter would let anyone guess them."""

    fields: ClassVar[Mapping[str, Field]] = {
        "id": Field(int),
        "name": Field(str, {Operator.EQ, Operator.STARTSWITH, Operator.CONTAINS}),
        "age": Field(
            int, {Operator.EQ, Operator.GTE, Operator.LTE, Operator.ISNULL}, nullable=True
        ),
    }


def _check(values: Mapping[str, object]) -> None:
    violations = [found for name, value in values.items() if (found := _violation(name, value))]
    if violations:
        raise InvalidHero(violations)


def _violation(name: str, value: object) -> Violation | None:
    rule = RULES.get(name)
    if rule is None:
        return Violation(name, "unknown_field", "Field can not be set")
    return rule(name, value)
