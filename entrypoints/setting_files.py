"""Lines of a settings file that are no assignments."""

import logging
from collections.abc import Sequence
from pathlib import Path

from dotenv.parser import parse_stream

# Otherwise it prints each of these lines, each time that the file is read, and not as JSON.
logging.getLogger("dotenv").setLevel(logging.ERROR)


def find_malformed_lines(path: Path) -> Sequence[int]:
    """Return the numbers of the lines that cannot be parsed. Raises ``OSError``."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as file:
        return [binding.original.line for binding in parse_stream(file) if binding.error]
