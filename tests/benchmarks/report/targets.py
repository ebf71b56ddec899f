"""What was asked for, beside what was measured."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks import figures
from tests.benchmarks.contenders import (
    ALL_ON,
    FASTIFY,
    OPERATIONS_OFF,
    OURS,
    PEERS,
    POSTGRES,
    SQLITE,
)
from tests.benchmarks.figures import Rounds
from tests.benchmarks.report.markdown import words
from tests.benchmarks.report.target import Target
from tests.benchmarks.report.targets_further import further_targets
from tests.benchmarks.results import Results, rounds_of
from tests.benchmarks.workloads import MEANINGS

OTHERS = ("plain", *PEERS)
ON_WAL = tuple(f"{name}-wal" for name in OTHERS)

HEAD = ("workload", "figure", "target", "measured", "met")


@dataclass(frozen=True)
class Wanted:
    """What a workload was to reach; ``None`` where nothing was asked for.

    ``peer`` is the best peer, ``wal`` the best on a SQLite file in that journal mode, ``all`` the
    best of the peers and plain. ``p99`` is the largest part of plain's latency.
    """

    plain: float | None = None
    peer: float | None = None
    wal: float | None = None
    all: float | None = None
    ceiling: float | None = None
    fastify: float | None = None
    p99: float | None = None


WANTED: Mapping[str, Mapping[str, Wanted]] = {
    SQLITE: {
        "get": Wanted(ceiling=1.1, plain=5.5, peer=3.9, fastify=0.15, p99=0.125),
        "page": Wanted(ceiling=0.8, plain=9.5, peer=5.0, fastify=0.6, p99=0.125),
        "post": Wanted(ceiling=0.8, plain=12, wal=4.0, fastify=1.8, p99=0.05),
        "patch": Wanted(ceiling=0.8, plain=11, wal=5.0, fastify=2.1, p99=0.05),
        "mixed": Wanted(ceiling=0.85, plain=6.2, wal=3.5, fastify=0.42, p99=0.10),
    },
    POSTGRES: {
        "get": Wanted(peer=4.0),
        "page": Wanted(peer=4.0),
        "deep": Wanted(peer=4.0),
        "post": Wanted(peer=3.0),
        "patch": Wanted(peer=3.0),
        "mixed": Wanted(peer=3.0),
    },
}
"""Of heroes as it is served by default."""

WANTED_WITH_ALL_ON: Mapping[str, Mapping[str, Wanted]] = {
    SQLITE: {
        "get": Wanted(plain=3.0, peer=2.3, ceiling=0.60, p99=1 / 4),
        "page": Wanted(plain=5.0, peer=3.2, ceiling=0.50, p99=1 / 4),
        "post": Wanted(plain=8.0, peer=6.0, ceiling=0.50, p99=1 / 10, wal=2.5),
        "patch": Wanted(plain=7.0, peer=5.5, ceiling=0.45, p99=1 / 10, wal=2.5),
        "mixed": Wanted(plain=4.0, peer=3.5, ceiling=0.55, p99=1 / 8, wal=2.5),
    },
    POSTGRES: {
        "get": Wanted(all=1.5),
        "page": Wanted(all=1.5),
        "deep": Wanted(all=1.0),
        "post": Wanted(all=1.2),
        "patch": Wanted(all=1.2),
        "mixed": Wanted(all=1.2),
    },
}
"""Of heroes with everything for operators, and an API key."""

CEILING_WITHOUT_OPERATIONS = 1.25
"""The share of the ceiling on SQLite, for one hero by id."""


def target_table(results: Results, database: str) -> str:
    """Return the targets of a database, as far as they were measured."""
    found = [
        *main_targets(results, database, OURS.name, WANTED),
        *without_operations(results, database),
        *main_targets(results, database, ALL_ON, WANTED_WITH_ALL_ON),
        *further_targets(results, database),
    ]
    return words(HEAD, [target.row() for target in found]) if found else ""


def main_targets(
    results: Results, database: str, ours: str, all_wanted: Mapping[str, Mapping[str, Wanted]]
) -> Iterator[Target]:
    """Yield the targets that one of ours has in the main tables' workloads."""
    for workload, wanted in all_wanted[database].items():
        rounds = rounds_of(results, f"main/{database}/{workload}")
        if ours in figures.servers_in(rounds):
            yield from of_workload(workload, wanted, rounds, ours)


def without_operations(results: Results, database: str) -> Iterator[Target]:
    """Yield the target of a read without what operators need, which is measured on SQLite."""
    rounds = rounds_of(results, f"main/{database}/get")
    ours = OPERATIONS_OFF.name
    if database == SQLITE and {ours, "ceiling"} <= set(figures.servers_in(rounds)):
        share = figures.rate_ratio(rounds, ours, "ceiling")
        what = f"{MEANINGS['get']}, operations off"
        yield Target(what, "share of the ceiling", CEILING_WITHOUT_OPERATIONS, share)


def of_workload(workload: str, wanted: Wanted, rounds: Rounds, ours: str) -> Iterator[Target]:
    """Yield the targets of a workload that compare one of ours with servers that took part."""
    what = MEANINGS[workload] + (", all on" if ours == ALL_ON else "")
    there = set(figures.servers_in(rounds))
    rivals = (
        ("times plain", ("plain",), wanted.plain),
        ("times the best peer", PEERS, wanted.peer),
        ("times the best on a WAL file", ON_WAL, wanted.wal),
        ("times the best of all", OTHERS, wanted.all),
        ("times Fastify", (FASTIFY,), wanted.fastify),
    )
    for figure, names, least in rivals:
        if least is not None and there & set(names):
            yield Target(what, figure, least, lead(rounds, ours, names))
    if wanted.ceiling is not None and "ceiling" in there:
        share = figures.rate_ratio(rounds, ours, "ceiling")
        yield Target(what, "share of the ceiling", wanted.ceiling, share)
    if wanted.p99 is not None and "plain" in there:
        part = figures.p99_ratio(rounds, ours, "plain")
        yield Target(what, "p99 / p99 of plain", wanted.p99, part, at_most=True)


def lead(rounds: Rounds, ours: str, others: Sequence[str]) -> float | None:
    """Return how many times the best of these ours is; those that did not finish are no rivals.

    ``None`` when none of them finished, or ours did not.
    """
    ratios = [figures.rate_ratio(rounds, ours, name) for name in others]
    return min((ratio for ratio in ratios if ratio is not None), default=None)
