"""Drafts and changes: the values that a client sets, checked by the same rules.

A draft declares each field once, with its rule. Changes name the draft whose rules they follow::

    @draft
    class TeamDraft:
        name: Annotated[str, text]


    class TeamChanges(Changes):
        draft = TeamDraft
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import (
    Annotated,
    Any,
    ClassVar,
    TypeVar,
    cast,
    dataclass_transform,
    get_args,
    get_origin,
)
from typing import get_type_hints as find_type_hints

from domain.errors import InvalidEntity, Violation
from domain.rules import Rule

D = TypeVar("D")

CACHE_SIZE = 1_000
"""Maximum number of drafts whose rules are cached."""


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def draft(cls: type[D]) -> type[D]:
    """Turn the class into a frozen dataclass that checks its values when it is created.

    Creating one raises ``InvalidEntity``. Raises ``TypeError`` for a field without a rule.
    """
    cls.__post_init__ = _check_draft  # type: ignore[attr-defined]  # a hook of dataclasses
    find_rules(cast("type", cls))
    return dataclass(frozen=True, slots=True)(cls)


@dataclass(frozen=True)
class Changes:
    """Base of the changes of one kind of entity: new values for some fields.

    Creating one raises ``InvalidEntity``. A field that the draft lacks can not be set.
    """

    draft: ClassVar[type]

    values: Mapping[str, Any] = field(repr=False)

    def __post_init__(self) -> None:
        _check(find_rules(self.draft), self.values)


@lru_cache(CACHE_SIZE)
def find_rules(kind: type) -> Mapping[str, Rule]:
    """Return the rule of each field of the draft. Raises ``TypeError`` if a field has none."""
    hints = find_type_hints(kind, include_extras=True)
    return {name: _find_rule(name, hint) for name, hint in hints.items()}


def _find_rule(name: str, hint: Any) -> Rule:
    if get_origin(hint) is not Annotated:
        raise TypeError(f"field {name} needs a rule: Annotated[<type>, <rule>]")
    rule: Rule = get_args(hint)[1]
    return rule


def _check_draft(self: object) -> None:
    rules = find_rules(cast("type", type(self)))
    _check(rules, {name: getattr(self, name) for name in rules})


def _check(rules: Mapping[str, Rule], values: Mapping[str, object]) -> None:
    violations = [_validate(rules.get(name), name, value) for name, value in values.items()]
    if any(violations):
        raise InvalidEntity([violation for violation in violations if violation])


def _validate(rule: Rule | None, name: str, value: object) -> Violation | None:
    if rule is None:
        return Violation(name, "unknown_field", "Field cannot be set")
    return rule(name, value)
