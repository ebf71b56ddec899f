"""GET of one hero with compiled routes, and with FastAPI's handlers.

``python -m tests.benchmarks.in_process.routes`` prints the microseconds.
"""

import asyncio
import tempfile
from pathlib import Path

from entrypoints.api.app import build_app
from tests.benchmarks.in_process.slices import Slices, Subject, measure, one_hero

COMPILED = "compiled routes"
FASTAPI = "FastAPI's handlers"

ROUNDS = 3


async def measure_routes(folder: Path, rounds: int) -> Slices:
    """Measure both on a new file in the folder."""
    async with one_hero(folder) as database:
        subjects = {
            COMPILED: Subject(build_app(database)),
            FASTAPI: Subject(build_app(database, compiled_routes=False)),
        }
        return await measure(subjects, rounds)


def main() -> None:
    """Measure, and print the medians."""
    with tempfile.TemporaryDirectory() as folder:
        slices = asyncio.run(measure_routes(Path(folder), ROUNDS))
    for name, taken in (*slices.total().items(), *slices.added(COMPILED).items()):
        print(f"{taken:6.1f} {name}")  # noqa: T201 - it is a command


if __name__ == "__main__":
    main()
