"""``python -m tests.examples [NAME]...``: lay the examples over a copy of the tree, and test it.

Each is checked and tested together with those below it, which were tested before.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.examples.example import BELOW, MAX_ADDED, MAX_LINES, Example, find_examples, in_layers
from tests.examples.laid_over import LaidOver


def main(names: list[str]) -> int:
    """Lay out the examples of these names, or all, and return the exit code."""
    examples = [each for each in find_examples() if not names or each.name in names]
    for example in examples:
        try:
            _prove(example)
        except AssertionError as failure:
            _say(f"FAILED: {failure}")
            return 1
    return 0


def _prove(example: Example) -> None:
    _count(example)
    with tempfile.TemporaryDirectory(prefix="heroes-example-") as folder:
        tree = LaidOver(Path(folder) / "heroes")
        for name in (*BELOW[example.name], example.name):
            tree.lay_over(Example(name))
        _measure("make openapi", lambda: tree.make("openapi"))
        _measure("make check", lambda: tree.make("check"))
        _measure("its tests", lambda: tree.test(example.tests))


def _count(example: Example) -> None:
    lines, added = example.count_lines(), example.count_added_lines()
    _say(f"{example.name}: {lines} lines of product code, {in_layers(added)} in other modules")
    _say(f"  added: {', '.join(f'{path} {number}' for path, number in added.items())}")
    if not BELOW[example.name] and (lines > MAX_LINES or in_layers(added) > MAX_ADDED):
        raise AssertionError(f"more than {MAX_LINES} lines, or than {MAX_ADDED} added ones")


def _measure(what: str, run: Callable[[], str]) -> None:
    started = time.monotonic()
    *_, last = run().splitlines() or [""]
    _say(f"  {what}: {last or 'done'} ({time.monotonic() - started:.0f} s)")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
