"""What a run was asked to do."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Options:
    """The options of the command line, checked."""

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
        """Return what JSON can hold."""
        return asdict(self)
