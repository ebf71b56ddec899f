"""CPU pinning: servers on one core, load and database server on another."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Cores:
    """The two cores, or ``None`` for both on a machine with one core."""

    server: int | None
    load: int | None

    @classmethod
    def of_this_machine(cls) -> "Cores":
        """Return the first two cores that this process may use."""
        usable = sorted(os.sched_getaffinity(0))
        return cls(usable[0], usable[1]) if len(usable) > 1 else cls(None, None)

    def take_load_core(self) -> None:
        """Pin this process and its children to the core of the load."""
        if self.load is not None:
            os.sched_setaffinity(0, {self.load})

    def on_server_core(self, command: list[str]) -> list[str]:
        """Return the command, pinned to the core of the servers."""
        return command if self.server is None else ["taskset", "-c", str(self.server), *command]

    def __str__(self) -> str:
        if self.server is None:
            return "one core: servers and load share it, nothing is pinned"
        return f"servers on core {self.server}, wrk and PostgreSQL on core {self.load}"
