"""Entities: dataclasses with an id and a version, which mypy treats as immutable.

``frozen=True`` would also check this at run time, but a frozen instance takes five times as long to
create. Without it, pages of 100 reach 15 % more requests per second (record 20).
"""

from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeVar, cast, dataclass_transform

from domain.drafts import Changes
from domain.rules import INT64_MAX

E = TypeVar("E")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def entity(cls: type[E]) -> type[E]:
    """Turn the class into a dataclass with slots and a hash of its fields.

    The hash is safe because type checkers reject an assignment to a field.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)


class Entity:
    """Base of the entities. Each declares its fields, from ``id`` to ``version``.

    The values are not validated: entities that older versions stored must remain readable.
    ``id`` is never reused. ``version`` starts at 1 and increases by 1 with every change; after
    ``INT64_MAX``, which only another program can have stored, it starts again.
    """

    __slots__ = ()

    id: int
    version: int

    def apply(self, changes: Changes) -> Self:
        """Return a copy with the changes and the next version, or ``self`` if no value differs."""
        if all(getattr(self, name) == value for name, value in changes.values.items()):
            return self
        version = next_version(self.version)
        return cast("Self", replace(cast("Any", self), **changes.values, version=version))


def next_version(version: int) -> int:
    """Return the version after this one."""
    return version + 1 if version < INT64_MAX else 1
