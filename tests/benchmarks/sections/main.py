"""The main table: every server under every workload, one at a time, in alternating rounds."""

from collections.abc import Sequence
from typing import Any

from tests.benchmarks import console
from tests.benchmarks.bench import Bench, measure
from tests.benchmarks.contenders import OURS, Contender, chosen
from tests.benchmarks.measurement import Measurement
from tests.benchmarks.running import Server
from tests.benchmarks.workloads import READS

Rounds = list[dict[str, Measurement]]


def run(bench: Bench) -> dict[str, Any]:
    """Return a part for each workload: its rounds, and what each server did in them."""
    options = bench.options
    measured: dict[str, Rounds] = {workload: [] for workload in options.workloads}
    with bench.running(chosen(options.servers, bench.database), options.rows) as servers:
        for number in range(options.rounds):
            console.heading(f"{bench.database}, round {number + 1} of {options.rounds}")
            for workload, rounds in measured.items():
                rounds.append(one_round(bench, workload, number, servers, rounds))
    for workload, rounds in measured.items():
        if any(rounds):
            console.ratios(workload, rounds)
    return {
        f"main/{bench.database}/{workload}": {
            "connections": options.connections,
            "rows": options.rows,
            "rounds": [as_json(a_round) for a_round in rounds],
        }
        for workload, rounds in measured.items()
        if any(rounds)
    }


def one_round(
    bench: Bench, workload: str, number: int, servers: Sequence[Server], before: Rounds
) -> dict[str, Measurement]:
    """Load each server once, beginning with another one each round."""
    measured = {}
    for server in rotated(servers, number):
        load = bench.load(server, workload, seed=number + 1)
        if load and takes_part(server.contender, workload) and not gave_up(server.name, before):
            measured[server.name] = measure(server, load)
    return measured


def takes_part(contender: Contender, workload: str) -> bool:
    """Return whether it is worth measuring: a journal mode matters to writes, not to reads."""
    if workload == "cursor":
        return contender == OURS
    return not (contender.wal and workload in READS)


def gave_up(name: str, before: Rounds) -> bool:
    """Return whether the server stalled in a round before; then one is enough."""
    return any(a_round[name].stalled for a_round in before if name in a_round)


def rotated(servers: Sequence[Server], number: int) -> list[Server]:
    """Return the servers in the order of this round."""
    first = number % len(servers)
    return [*servers[first:], *servers[:first]]


def as_json(a_round: dict[str, Measurement]) -> dict[str, Any]:
    """Return a round as JSON can hold it."""
    return {name: measured.to_json() for name, measured in a_round.items()}
