"""What was asked for, beside what was measured."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks import figures
from tests.benchmarks.contenders import ALL_ON, OURS, PEERS, POSTGRES, SQLITE
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
    """What a workload was to reach; ``None`` where nothing was asked for."""

    plain: float | None = None
    peer: float | None = None
    wal: float | None = None
    all: float | None = None
    ceiling: float | None = None
    p99: float | None = None


WANTED: Mapping[str, Mapping[str, Wanted]] = {
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


def target_table(results: Results, database: str) -> str:
    """Return the targets of a database, as far as they were measured."""
    found = [*main_targets(results, database), *further_targets(results, database)]
    return words(HEAD, [target.row() for target in found]) if found else ""


def main_targets(results: Results, database: str) -> Iterator[Target]:
    """Yield the targets of the main tables' workloads."""
    for workload, wanted in WANTED[database].items():
        rounds = rounds_of(results, f"main/{database}/{workload}")
        for ours in (OURS.name, ALL_ON):
            if ours in figures.servers_in(rounds):
                yield from of_workload(workload, wanted, rounds, ours)


def of_workload(workload: str, wanted: Wanted, rounds: Rounds, ours: str) -> Iterator[Target]:
    """Yield the targets of a workload that compare one of ours with servers that took part."""
    what = MEANINGS[workload] + (", all on" if ours == ALL_ON else "")
    there = set(figures.servers_in(rounds))
    rivals = (
        ("times plain", ("plain",), wanted.plain),
        ("times the best peer", PEERS, wanted.peer),
        ("times the best on a WAL file", ON_WAL, wanted.wal),
        ("times the best of all", OTHERS, wanted.all),
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
