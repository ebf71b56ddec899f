"""What authentication adds to GET of one hero."""

from typing import Any

from tests.benchmarks.bench import Bench
from tests.benchmarks.contenders import NO_AUTHENTICATION, OURS_WITH_KEYS
from tests.benchmarks.in_process.authentication import measure_authentication
from tests.benchmarks.sections.added import measure_added


def run(bench: Bench) -> dict[str, Any]:
    """Return a part for the socket, and on SQLite one for this process."""
    servers = [OURS_WITH_KEYS]
    return measure_added(
        bench, "authentication", measure_authentication, NO_AUTHENTICATION, servers
    )
