"""The table in the README, between two comments."""

from collections.abc import Iterator

from tests.benchmarks import figures
from tests.benchmarks.contenders import OURS, OURS_PLAIN, SQLITE
from tests.benchmarks.figures import Rounds
from tests.benchmarks.report.markdown import table, times
from tests.benchmarks.report.summaries import find_best_peer, find_rate, measured_workloads
from tests.benchmarks.results import Results
from tests.benchmarks.workloads import MEANINGS

BEGIN = "<!-- The table is written by make bench. -->\n"
END = "<!-- The end of the table. -->\n"

HEAD = (
    "requests/s",
    "heroes",
    "plain session",
    "plain",
    "best peer",
    "heroes / plain",
    "heroes / best peer",
    "heroes / ceiling",
)


def with_table(text: str, results: Results) -> str:
    """Return the text of the README with the table of the results.

    Without results for SQLite, it is returned unchanged. Raises ``ValueError`` if the comments are
    missing.
    """
    measured = measured_workloads(results, SQLITE)
    if not measured:
        return text
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError("the README has no place for the table")
    rows = [[MEANINGS[workload], *row(rounds)] for workload, rounds in measured.items()]
    return f"{before}{BEGIN}\n{table(HEAD, rows)}\n{END}{after}"


def row(rounds: Rounds) -> Iterator[str]:
    """Yield the rates and the ratios of a workload; a dash where a server did not finish."""
    peer = find_best_peer(rounds)
    for name in (OURS.name, OURS_PLAIN.name, "plain", peer):
        rate = find_rate(rounds, name)
        yield "-" if rate is None else f"{rate:,.0f}"
    for name in ("plain", peer, "ceiling"):
        yield times(figures.rate_ratio(rounds, OURS.name, name) if name else None, "-")
