"""Texts that make a pattern backtrack: each of its repeated parts, after each of its beginnings.

For ``a[0-9_]*;`` they are ``a`` with many digits, and ``a`` with many underscores. Repeats of the
whole pattern are among them, since a search may find it often.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.unit.http.patterns.classes import (
    ASSERTIONS,
    REPEATS,
    Node,
    Tree,
    alphabet,
    children,
    is_single,
    matcher,
    parse,
)

MAX_BEGINNINGS = 12
"""Beginnings of one repeat."""

MAX_SAMPLES = 24
"""Samples of a part of the pattern."""


@dataclass(frozen=True)
class Pump:
    """A text: a beginning, and then a part that is repeated."""

    beginning: str
    part: str

    def text(self, count: int, ending: str) -> str:
        """Return the text with this number of parts before the ending."""
        return self.beginning + self.part * count + ending


class Pumps:
    """The pumps and endings of a pattern."""

    def __init__(self, pattern: re.Pattern[Any]) -> None:
        self._pattern = pattern
        self._alphabet = alphabet(pattern)
        self._endings = ["", *self._alphabet]
        tree = parse(pattern)
        whole = [Pump("", sample) for sample in self._sequence(tree) if sample]
        found = {*self._walk(tree, [""]), *whole}
        self.pumps = sorted(found, key=lambda pump: (pump.beginning, pump.part))

    def failing_endings(self, pump: Pump) -> Sequence[str]:
        """Return a few endings with which the pattern does not match a pumped text."""
        short = [(ending, pump.text(5, ending)) for ending in self._endings]
        failing = [ending for ending, text in short if not self._matches(text)]
        return failing[:2] + failing[2:][-1:]

    def _matches(self, text: str) -> bool:
        given = text.encode("latin-1") if isinstance(self._pattern.pattern, bytes) else text
        return self._pattern.fullmatch(given) is not None

    def _walk(self, tree: Tree, beginnings: Sequence[str]) -> Iterator[Pump]:
        """Yield the pumps of each repeat in a sequence that starts after ``beginnings``."""
        for node in tree:
            inner = beginnings
            if node[0] in REPEATS and node[1][1] > 1:
                parts = self._parts(children(node)[0])
                yield from (Pump(beginning, part) for beginning in beginnings for part in parts)
                inner = _extend(beginnings, ["", *parts])
            for child in children(node):
                yield from self._walk(child, inner)
            beginnings = _extend(beginnings, self._samples(node))

    def _parts(self, body: Tree) -> Sequence[str]:
        """Return samples of a repeated part, alone and in pairs."""
        samples = [sample for sample in self._sequence(body) if sample]
        pairs = [first + second for first in samples for second in samples if first != second]
        return [*samples, *pairs[:MAX_SAMPLES]]

    def _sequence(self, tree: Tree) -> Sequence[str]:
        """Return texts that the sequence matches, apart from assertions."""
        found = [""]
        for node in tree:
            found = _extend(found, self._samples(node), MAX_SAMPLES)
        return found

    def _samples(self, node: Node) -> Sequence[str]:
        """Return texts that the node matches, one with each class of characters."""
        if is_single(node):
            matches = matcher(node, self._pattern.flags)
            return [character for character in self._alphabet if matches(character)]
        if node[0] in ASSERTIONS:
            return [""]
        inside = [sample for child in children(node) for sample in self._sequence(child)]
        if node[0] in REPEATS:
            least = node[1][0]
            repeated = [sample * max(least, 1) for sample in inside]
            return repeated if least else ["", *repeated]
        return inside or [""]


def _extend(
    beginnings: Sequence[str], samples: Sequence[str], limit: int = MAX_BEGINNINGS
) -> list[str]:
    """Return each beginning with the first sample, and the first beginning with each sample."""
    if not beginnings or not samples:
        return []
    extended = [
        *(beginning + samples[0] for beginning in beginnings),
        *(beginnings[0] + sample for sample in samples),
    ]
    return list(dict.fromkeys(extended))[:limit]
