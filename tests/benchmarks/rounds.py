"""Rounds: each round measures every subject once, and starts with the next one.

Drift of the machine, such as its clock rate or other load, then affects all subjects alike. Ratios
are computed within a round.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from tests.benchmarks.figures import Round
from tests.benchmarks.measurement import Measurement

T = TypeVar("T")

Subjects = Mapping[str, Callable[[int], Measurement | None]]
"""The measured subjects by name. Each gets the index of the round, and may return ``None``."""


def measured_in_rounds(number: int, subjects: Subjects) -> list[Round]:
    """Measure ``number`` rounds. A stalled subject is skipped in later rounds."""
    rounds: list[Round] = []
    for index in range(number):
        rounds.append(one_round(index, subjects, rounds))
    return rounds


def one_round(index: int, subjects: Subjects, before: Sequence[Round]) -> Round:
    """Measure one round of the subjects that did not stall before."""
    found: dict[str, Measurement] = {}
    for name in rotated(list(subjects), index):
        if stalled(name, before):
            continue
        measurement = subjects[name](index)
        if measurement is not None:
            found[name] = measurement
    return found


def stalled(name: str, before: Sequence[Round]) -> bool:
    """Return whether the subject stalled in an earlier round."""
    return any(a_round[name].stalled for a_round in before if name in a_round)


def rotated(names: Sequence[T], index: int) -> list[T]:
    """Rotate the names to the order of the round with this index."""
    first = index % len(names) if names else 0
    return [*names[first:], *names[:first]]


def as_json(rounds: Sequence[Round]) -> list[dict[str, Any]]:
    """Return the rounds as JSON values."""
    return [{name: m.to_json() for name, m in a_round.items()} for a_round in rounds]


def from_json(content: Sequence[Mapping[str, Any]]) -> list[Round]:
    """Invert ``as_json``."""
    return [{name: Measurement.from_json(m) for name, m in a_round.items()} for a_round in content]
