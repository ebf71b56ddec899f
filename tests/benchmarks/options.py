"""The options of a run."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Options:
    """The validated command-line options."""

    databases: tuple[str, ...]
    sections: tuple[str, ...]
    servers: tuple[str, ...]
    workloads: tuple[str, ...]
    rows: int
    connections: int
    rounds: int
    seconds: int
    soak: int

    def to_json(self) -> dict[str, Any]:
        """Return the options as JSON values."""
        return asdict(self)
