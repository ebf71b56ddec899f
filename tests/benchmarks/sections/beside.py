"""Reads beside writes: the latency of reads while heroes are created at full rate."""

from typing import Any

from tests.benchmarks import console, wrk
from tests.benchmarks.bench import Bench
from tests.benchmarks.contenders import chosen
from tests.benchmarks.figures import Round
from tests.benchmarks.measurement import Measurement
from tests.benchmarks.rounds import as_json, rotated, stalled
from tests.benchmarks.running import Server

NAMES = ("heroes", "plain")
WRITERS, READERS = 16, 4


def run(bench: Bench) -> dict[str, Any]:
    """Return one part: "server" for the reads, "server, POST" for the concurrent writes."""
    names = tuple(name for name in NAMES if name in bench.options.servers)
    console.heading(f"{bench.database}, reads beside writes")
    rounds: list[Round] = []
    with bench.running(chosen(names, bench.database), bench.options.rows) as servers:
        for index in range(bench.options.rounds):
            found: dict[str, Measurement] = {}
            for server in rotated(servers, index):
                if not stalled(server.name, rounds):
                    found |= both(bench, server, index)
            rounds.append(found)
    return {f"beside/{bench.database}": {"rounds": as_json(rounds)}}


def both(bench: Bench, server: Server, index: int) -> Round:
    """Load the server with concurrent writes and reads, and measure both."""
    seconds, rows = bench.options.seconds, bench.options.rows
    writes = wrk.Load("post", WRITERS, seconds, rows, seed=index + 1)
    reads = wrk.Load("get", READERS, seconds, rows, seed=index + 1)
    wrk.warm_up(server.url, writes)
    writing = wrk.begin(server.url, writes)
    reading = wrk.begin(server.url, reads)
    found = {
        f"{server.name}, POST": wrk.finish(writing, writes),
        server.name: wrk.finish(reading, reads),
    }
    stall = not server.responds()
    found = {name: m.afterwards(rss=server.rss(), stalled=stall) for name, m in found.items()}
    console.measured(server.name, "post", WRITERS, found[f"{server.name}, POST"])
    console.measured(server.name, "get", READERS, found[server.name])
    if stall:
        server.restart()
    return found
