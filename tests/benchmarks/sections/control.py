"""The negative control: with a COMMIT for every unit of work, POST must be slower.

Otherwise the benchmark does not measure commits, or group commit has no effect.
"""

from typing import Any

from tests.benchmarks import console
from tests.benchmarks.bench import Bench
from tests.benchmarks.contenders import ONE_COMMIT_EACH, OURS, SQLITE
from tests.benchmarks.rounds import as_json, measured_in_rounds
from tests.benchmarks.sections.main import subjects


def run(bench: Bench) -> dict[str, Any]:
    """Return one part on SQLite; PostgreSQL has its own group commit."""
    if bench.database != SQLITE:
        return {}
    console.heading(f"{bench.database}, the negative control")
    with bench.running([OURS, ONE_COMMIT_EACH], bench.options.rows) as servers:
        rounds = measured_in_rounds(bench.options.rounds, subjects(bench, "post", servers))
    console.ratios("post", rounds)
    return {f"control/{bench.database}": {"rounds": as_json(rounds)}}
