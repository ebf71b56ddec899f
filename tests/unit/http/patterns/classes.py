"""Characters that a pattern distinguishes: one of each class, from its parse tree."""

import re
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any

# Type stubs of the standard library lack its private modules.
op: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

Node = tuple[Any, Any]
"""An operation of the parse tree and its argument."""

Tree = Sequence[Node]
"""A sequence of nodes."""

REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
POSSESSIVE = (op.POSSESSIVE_REPEAT, op.ATOMIC_GROUP)
ASSERTIONS = (op.ASSERT, op.ASSERT_NOT)

COMMON = " \t\n0aA_-,\x00\x7f\xe9\U0001f600"
"""Characters of every pattern's alphabet, for its negated classes and ``\\s``, ``\\d``, ``\\w``."""

_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
}


def parse(pattern: re.Pattern[Any]) -> Tree:
    """Return the parse tree of the pattern."""
    return list(parser.parse(pattern.pattern, pattern.flags))


def children(node: Node) -> Sequence[Tree]:
    """Return the sequences inside a node: alternatives, or the one that it repeats or groups."""
    match node:
        case (op.MAX_REPEAT | op.MIN_REPEAT | op.POSSESSIVE_REPEAT, (_, _, body)):
            return [list(body)]
        case (op.SUBPATTERN, (_, _, _, body)) | (op.ATOMIC_GROUP, body):
            return [list(body)]
        case (op.ASSERT | op.ASSERT_NOT, (_, body)):
            return [list(body)]
        case (op.BRANCH, (_, branches)):
            return [list(branch) for branch in branches]
        case (op.GROUPREF_EXISTS, (_, yes, no)):
            return [list(branch) for branch in (yes, no or [])]
    return []


def nodes(tree: Tree) -> Iterator[Node]:
    """Yield every node of the tree."""
    for node in tree:
        yield node
        for child in children(node):
            yield from nodes(child)


def alphabet(pattern: re.Pattern[Any]) -> str:
    """Return one character of each class: characters that the same nodes match are alike."""
    single = [node for node in nodes(parse(pattern)) if is_single(node)]
    matchers = [matcher(node, pattern.flags) for node in single]
    highest = "\xff" if isinstance(pattern.pattern, bytes) else chr(0x10FFFF)
    found: dict[tuple[bool, ...], str] = {}
    for character in sorted({*COMMON, *_boundaries(single)}):
        if character <= highest:
            found.setdefault(tuple(matches(character) for matches in matchers), character)
    return "".join(found.values())


def is_single(node: Node) -> bool:
    """Return whether the node matches one character."""
    return node[0] in {op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN}


def matcher(node: Node, flags: int) -> Callable[[str], bool]:
    """Return the predicate of a node that matches one character."""
    operation, argument = node
    if operation is op.ANY:
        return lambda character: character != "\n" or bool(flags & re.DOTALL)
    items = argument if operation is op.IN else [(operation, argument)]
    negated = items[0][0] is op.NEGATE

    def is_listed(character: str) -> bool:
        cases = {character, *character.lower(), *character.upper()}
        forms = cases if flags & re.IGNORECASE else {character}
        return any(_includes(item, form) for item in items for form in forms)

    return lambda character: is_listed(character) is not negated


def _includes(item: Node, character: str) -> bool:
    operation, argument = item
    if operation is op.NEGATE:
        return False
    if operation is op.CATEGORY:
        return re.fullmatch(_CATEGORIES[argument], character) is not None
    if operation is op.RANGE:
        return bool(argument[0] <= ord(character) <= argument[1])
    return (ord(character) == argument) is (operation is op.LITERAL)


def _boundaries(single: Tree) -> Iterator[str]:
    """Yield the first and last characters of each range, and their neighbours."""
    for operation, argument in single:
        for item, value in argument if operation is op.IN else [(operation, argument)]:
            for code in value if item is op.RANGE else [value] * isinstance(value, int):
                yield from (
                    chr(near) for near in (code - 1, code, code + 1) if 0 <= near < 0x110000
                )
