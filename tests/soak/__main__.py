"""``python -m tests.soak [SECONDS] [DATABASE_URL]``: attack a server, and print the figures."""

import sys
import tempfile
from pathlib import Path

from tests.soak import soak
from tests.soak.soak import Result

SECONDS = 300.0


def main(arguments: list[str]) -> int:
    """Run the soak, print its figures and failures, and return the exit code."""
    seconds = float(arguments[0]) if arguments else SECONDS
    settings = {"database_url": arguments[1]} if arguments[1:] else {}
    with tempfile.TemporaryDirectory() as folder:
        result = soak.run(Path(folder) / "heroes.db", seconds, **settings)
    failures = result.failures()
    if result.ratio() > soak.MAX_RATIO:
        failures.append(f"the p99 latency is {result.ratio():.1f} times the undisturbed one")
    lines = [*_figures(result), *(f"FAILED: {failure}" for failure in failures)]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 1 if failures else 0


def _figures(result: Result) -> list[str]:
    records = {"undisturbed": result.before, "attacked": result.during}
    return [
        *(
            f"{name}: p99 {record.p99() * 1000:.1f} ms, responses {dict(record.statuses)}, "
            f"connections lost {record.lost}"
            for name, record in records.items()
        ),
        f"responses to attackers: {dict(sorted(result.attackers.items()))}",
        f"memory: {result.memory} MiB; stopped in {result.stop_seconds:.1f} s",
        f"acknowledged: {len(result.before.acknowledged | result.during.acknowledged)}",
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
