"""The examples: files of one aggregate at the paths where they would stand, and patches."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.tree_copy import ROOT

LAYERS = ("domain", "service_layer", "adapters", "entrypoints")

MAX_LINES = 150
"""Maximum number of lines of product code of an aggregate that knows no other."""

MAX_ADDED = 6
"""Maximum number of lines in the four layers that its patch adds."""

BELOW: Mapping[str, tuple[str, ...]] = {
    "team": (),
    "swap": ("team",),
    "membership": ("team",),
}
"""The examples on top of which each example stands, the lowest first."""


@dataclass(frozen=True, slots=True)
class Example:
    """A folder of ``examples``."""

    name: str

    @property
    def folder(self) -> Path:
        return ROOT / "examples" / self.name

    @property
    def patch(self) -> Path:
        """The lines that the example adds to files that are there, such as shared lists."""
        return self.folder / "shared.patch"

    @property
    def files(self) -> list[str]:
        """The files to copy, as paths in the tree."""
        found = sorted(self.folder.rglob("*.py"))
        return [str(path.relative_to(self.folder)) for path in found]

    @property
    def tests(self) -> list[str]:
        """The modules with tests."""
        return [name for name in self.files if Path(name).name.startswith("test_")]

    def count_lines(self) -> int:
        """Return the number of lines of product code that are not blank."""
        product = [name for name in self.files if name.startswith(LAYERS)]
        return sum(_count(self.folder / name) for name in product)

    def count_added_lines(self) -> dict[str, int]:
        """Return how many lines the patch adds to each file, also to those outside the layers."""
        added: dict[str, int] = {}
        path = ""
        for line in self.patch.read_text().splitlines():
            if line.startswith("+++ "):
                path = line.removeprefix("+++ b/")
            elif line.startswith("+"):
                added[path] = added.get(path, 0) + 1
        return added


def in_layers(added: Mapping[str, int]) -> int:
    """Return the number of those lines that are added in the four layers."""
    return sum(number for path, number in added.items() if path.startswith(LAYERS))


def find_examples() -> list[Example]:
    """Return the examples, each after those on top of which it stands."""
    return [Example(name) for name in BELOW if (ROOT / "examples" / name).is_dir()]


def _count(path: Path) -> int:
    return sum(bool(line.strip()) for line in path.read_text().splitlines())
