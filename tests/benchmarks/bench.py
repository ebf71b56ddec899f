"""The context of every section: options, directory and databases, and how to measure."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import conformance, console, wrk
from tests.benchmarks.contenders import Contender
from tests.benchmarks.cores import Cores
from tests.benchmarks.measurement import Measurement
from tests.benchmarks.options import Options
from tests.benchmarks.running import Server, side_by_side
from tests.benchmarks.stores import Stores
from tests.benchmarks.workloads import cursor_paths


@dataclass(frozen=True)
class Bench:
    """The context of measurements on one database engine."""

    database: str
    options: Options
    cores: Cores
    folder: Path
    stores: Stores

    @contextmanager
    def running(self, contenders: list[Contender], rows: int) -> Iterator[list[Server]]:
        """Run the contenders together, each on a new database with ``rows`` heroes."""
        made = [(contender, self.stores.new(contender, rows)) for contender in contenders]
        with side_by_side(made, self.cores, self.folder) as servers:
            for server in servers:
                conformance.check(server, rows)
            yield servers

    def measured(
        self, server: Server, workload: str, index: int, **chosen: int
    ) -> Measurement | None:
        """Measure the server in a round; return ``None`` if it does not support the workload.

        ``chosen`` are fields of ``Load`` that override the options.
        """
        load = self.load(server, workload, index + 1, **chosen)
        return None if load is None else measure(server, load)

    def load(self, server: Server, workload: str, seed: int, **chosen: int) -> wrk.Load | None:
        """Return the load, or ``None`` if the server does not support the workload."""
        rows = chosen.get("rows", self.options.rows)
        more = cursor_paths(server) if workload == "cursor" else []
        if workload == "cursor" and not more:
            return None
        return wrk.Load(
            workload,
            connections=chosen.get("connections", self.options.connections),
            seconds=chosen.get("seconds", self.options.seconds),
            rows=rows,
            seed=seed,
            more=more,
            api_key=server.contender.api_key,
        )


def measure(server: Server, load: wrk.Load) -> Measurement:
    """Warm the server up, run the load, and return the measurement. Restart a stalled server."""
    wrk.warm_up(server.url, load)
    measured = wrk.run(server.url, load)
    stalled = not server.responds()
    measured = measured.afterwards(rss=server.rss(), stalled=stalled)
    console.measured(server.name, load.workload, load.connections, measured)
    if stalled:
        console.warning(f"{server.name} is restarted; it printed: {server.log_tail()}")
        server.restart()
    return measured
