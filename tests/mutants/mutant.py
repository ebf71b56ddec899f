"""A mutant: one mistake in one file."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mistake, and the tests that must detect it.

    ``text`` occurs once in ``file``; the mistake is its ``replacement``. ``tests`` are files, or
    pytest's node ids. ``survives`` is the reason why no test can detect the mutant, if none can.
    Paths are relative to the root of the repository.
    """

    mistake: str
    file: str
    text: str
    replacement: str
    tests: Sequence[str]
    survives: str = ""

    def apply(self, source: str) -> str:
        """Return the source with the mistake. Raises ``ValueError`` unless the text occurs once."""
        if source.count(self.text) != 1:
            found = source.count(self.text)
            raise ValueError(f"{self.file} contains this {found} times, not once: {self.text}")
        return source.replace(self.text, self.replacement)

    @contextmanager
    def applied(self, root: Path) -> Iterator[None]:
        """Make the mistake in the tree at ``root`` until the end of the block."""
        path = root / self.file
        original = path.read_text()
        path.write_text(self.apply(original))
        try:
            yield
        finally:
            path.write_text(original)
