"""What a reader wants to know at a glance: heroes, the plain app, the best peer and the ceiling."""

from collections.abc import Mapping

from tests.benchmarks import figures
from tests.benchmarks.contenders import PEERS
from tests.benchmarks.figures import Rounds
from tests.benchmarks.results import Results, rounds_of

WORKLOADS = ("get", "page", "post", "patch", "mixed")

BEST_PEER = "best peer"

PEERS_ON_WAL = tuple(f"{name}-wal" for name in PEERS)


def measured_workloads(results: Results, database: str) -> Mapping[str, Rounds]:
    """Return the rounds of each workload that was measured on the database."""
    found = {workload: rounds_of(results, f"main/{database}/{workload}") for workload in WORKLOADS}
    return {workload: rounds for workload, rounds in found.items() if rounds}


def find_best_peer(rounds: Rounds) -> str | None:
    """Return the fastest peer that finished, on any SQLite file, or ``None`` if there is none."""
    there = [name for name in (*PEERS, *PEERS_ON_WAL) if figures.finished(rounds, name)]
    return max(there, key=lambda name: figures.summary(rounds, name).rate, default=None)


def find_rate(rounds: Rounds, name: str | None) -> float | None:
    """Return a server's requests per second, or ``None`` if it did not finish."""
    if name is None or not figures.finished(rounds, name):
        return None
    return figures.summary(rounds, name).rate
