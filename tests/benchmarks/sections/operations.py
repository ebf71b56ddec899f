"""What the parts that operators need add to GET of one hero."""

from typing import Any

from tests.benchmarks.bench import Bench
from tests.benchmarks.contenders import (
    ALL_OFF,
    EVERYTHING,
    OURS_WITH_KEYS,
    WITH_LOG,
    WITH_RATE_LIMIT,
    WITH_TIMING,
)
from tests.benchmarks.in_process.operations import measure_operations
from tests.benchmarks.sections.added import measure_added

SERVERS = [WITH_LOG, WITH_TIMING, WITH_RATE_LIMIT, OURS_WITH_KEYS, EVERYTHING]


def run(bench: Bench) -> dict[str, Any]:
    """Return a part for the socket, and on SQLite one for this process."""
    return measure_added(bench, "operations", measure_operations, ALL_OFF, SERVERS)
