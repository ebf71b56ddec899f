"""Start-up: the time from the start of a process to its first response, on an existing database.

Memory is measured then too, before any load.
"""

from typing import Any

from tests.benchmarks import console
from tests.benchmarks.bench import Bench
from tests.benchmarks.contenders import chosen
from tests.benchmarks.rounds import rotated
from tests.benchmarks.running import Server

STARTS = 5

Starts = dict[str, list[float]]


def run(bench: Bench) -> dict[str, Any]:
    """Return one part: the seconds of every start, and the memory in KiB, by server."""
    console.heading(f"{bench.database}, starting")
    contenders = [c for c in chosen(bench.options.servers, bench.database) if not c.wal]
    databases = {c.name: bench.stores.new(c, bench.options.rows) for c in contenders}
    found: dict[str, Starts] = {c.name: {"seconds": [], "rss": []} for c in contenders}
    for index in range(STARTS):
        for contender in rotated(contenders, index):
            server = Server(contender, databases[contender.name], bench.cores, bench.folder)
            found[contender.name]["seconds"].append(server.start_up)
            found[contender.name]["rss"].append(server.rss())
            server.stop()
    for name, figures in found.items():
        console.started(name, figures["seconds"])
    return {f"start-up/{bench.database}": {"servers": found}}
