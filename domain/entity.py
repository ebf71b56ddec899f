"""The ``entity`` decorator: dataclasses that mypy treats as immutable.

``frozen=True`` would also check this at run time, but a frozen instance takes five times as long to
create. Without it, pages of 100 reach 15 % more requests per second (record 20).
"""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

E = TypeVar("E")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def entity(cls: type[E]) -> type[E]:
    """Turn the class into a dataclass with slots and a hash of its fields.

    The hash is safe because type checkers reject an assignment to a field.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
