"""The main table: every server under every workload, one at a time, in alternating rounds."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from tests.benchmarks import console, durability
from tests.benchmarks.bench import Bench
from tests.benchmarks.contenders import OPERATIONS_OFF, OURS, Contender, chosen
from tests.benchmarks.figures import Round
from tests.benchmarks.rounds import Subjects, as_json, one_round
from tests.benchmarks.running import Server
from tests.benchmarks.workloads import READS


def run(bench: Bench) -> dict[str, Any]:
    """Return a part for each workload, and one for the durability of writes on each server."""
    options = bench.options
    measured: dict[str, list[Round]] = {workload: [] for workload in options.workloads}
    with bench.running(chosen(options.servers, bench.database), options.rows) as servers:
        durable = {server.name: durability.read_back(server, bench.folder) for server in servers}
        for index in range(options.rounds):
            console.heading(f"{bench.database}, round {index + 1} of {options.rounds}")
            for workload, rounds in measured.items():
                rounds.append(one_round(index, subjects(bench, workload, servers), rounds))
    parts: dict[str, Any] = {f"durability/{bench.database}": {"servers": durable}}
    for workload, rounds in measured.items():
        if any(rounds):
            console.ratios(workload, rounds)
            parts[f"main/{bench.database}/{workload}"] = {"rounds": as_json(rounds)}
    return parts


def subjects(bench: Bench, workload: str, servers: Sequence[Server]) -> Subjects:
    """Return the subjects of the workload: the servers that support it."""
    return {
        server.name: partial(bench.measured, server, workload)
        for server in servers
        if takes_part(server.contender, workload)
    }


def takes_part(contender: Contender, workload: str) -> bool:
    """Return whether to measure it: the journal mode affects writes, not reads."""
    if workload == "cursor":
        return contender == OURS
    if contender == OPERATIONS_OFF:
        return workload == "get"
    return not (contender.wal and workload in READS)
