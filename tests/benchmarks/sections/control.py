"""The negative control: with a COMMIT for every unit of work, POST has to get slower.

If it did not, the benchmark could not tell, or shared commits would be worth nothing.
"""

from typing import Any

from tests.benchmarks import console
from tests.benchmarks.bench import Bench
from tests.benchmarks.contenders import ONE_COMMIT_EACH, OURS, SQLITE
from tests.benchmarks.rounds import as_json, measured_in_rounds
from tests.benchmarks.sections.main import subjects


def run(bench: Bench) -> dict[str, Any]:
    """Return one part on SQLite; PostgreSQL shares commits by itself."""
    if bench.database != SQLITE:
        return {}
    console.heading(f"{bench.database}, the negative control")
    with bench.running([OURS, ONE_COMMIT_EACH], bench.options.rows) as servers:
        rounds = measured_in_rounds(bench.options.rounds, subjects(bench, "post", servers))
    console.ratios("post", rounds)
    return {f"control/{bench.database}": {"rounds": as_json(rounds)}}
