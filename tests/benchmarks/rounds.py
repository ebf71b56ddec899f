"""Rounds: everything is measured once in each, beginning with another one every time.

What drifts on a machine, such as its clock or a neighbour, then meets all alike, and figures are
compared within a round.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from tests.benchmarks.figures import Round
from tests.benchmarks.measurement import Measurement

T = TypeVar("T")

Subjects = Mapping[str, Callable[[int], Measurement | None]]
"""What is measured, by its name. Each is told the number of the round, and may have nothing."""


def measured_in_rounds(number: int, subjects: Subjects) -> list[Round]:
    """Return so many rounds. What stalled is left out of the rounds that follow."""
    rounds: list[Round] = []
    for index in range(number):
        rounds.append(one_round(index, subjects, rounds))
    return rounds


def one_round(index: int, subjects: Subjects, before: Sequence[Round]) -> Round:
    """Return a round of those that did not stall in a round before."""
    found: dict[str, Measurement] = {}
    for name in rotated(list(subjects), index):
        if stalled(name, before):
            continue
        measurement = subjects[name](index)
        if measurement is not None:
            found[name] = measurement
    return found


def stalled(name: str, before: Sequence[Round]) -> bool:
    """Return whether it stalled already; once is enough to know."""
    return any(a_round[name].stalled for a_round in before if name in a_round)


def rotated(names: Sequence[T], index: int) -> list[T]:
    """Return the names in the order of the round with this index."""
    first = index % len(names) if names else 0
    return [*names[first:], *names[:first]]


def as_json(rounds: Sequence[Round]) -> list[dict[str, Any]]:
    """Return rounds as JSON can hold them."""
    return [{name: m.to_json() for name, m in a_round.items()} for a_round in rounds]


def from_json(content: Sequence[Mapping[str, Any]]) -> list[Round]:
    """Return what ``as_json`` was made from."""
    return [{name: Measurement.from_json(m) for name, m in a_round.items()} for a_round in content]
