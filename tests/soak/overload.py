"""Twice the full load in an open loop, and the statuses and latencies of the responses.

Full load is 256 clients in a closed loop. ``python -m tests.soak.overload [SECONDS] [URL]`` prints
the figures, and fails if a bound of ``Figures.failures`` does not hold.
"""

import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from tests.e2e.raw_http import posted, request
from tests.soak.closed_loop import ClosedLoop
from tests.soak.open_loop import OpenLoop, Outcome
from tests.support.connection import Connection
from tests.support.served import Served, serve

SECONDS = 60.0
CLIENTS = 256
FULL_LOAD_SECONDS = 8.0
PAUSE = 2.0
"""Seconds after the overload until the service must be normal."""

AFTER_SECONDS = 2.0
"""Seconds of half the full load after that."""

MAX_REFUSAL = 1.0
"""Maximum latency of a 503 in seconds."""

MIN_LIMIT = 0.5
"""Latency in seconds that a served request may have in any case."""

WORKLOADS = {
    "get": request(b"/heroes/1"),
    "page": request(b"/heroes/"),
    "post": posted(json.dumps({"name": "Deadpond", "secret_name": "Dive Wilson"}).encode()),
}


@dataclass(frozen=True)
class Figures:
    """The outcomes of the three phases. The full load is ``rate`` requests per second."""

    rate: float
    full: Sequence[Outcome]
    overload: Sequence[Outcome]
    lost: int
    """Requests whose connection was lost.

    The server closes a connection that was idle for 5 s, and a request may just have been sent on
    it. HTTP has no way to prevent this.
    """
    after: Sequence[Outcome]

    def failures(self) -> list[str]:
        """Return what does not hold, as sentences."""
        served, refused = _latencies(self.overload, 200), _latencies(self.overload, 503)
        limit = max(3 * _p99(_latencies(self.full, 200)), MIN_LIMIT)
        checks = {
            "there were other statuses than 200 and 503": bool(
                {outcome.status for outcome in self.overload} - {200, 503}
            ),
            "no request was served during the overload": not served,
            "no request was refused during the overload": not refused,
            "there were no responses after the overload": not self.after,
            f"a 503 took {max(refused, default=0):.2f} s": max(refused, default=0) >= MAX_REFUSAL,
            f"the served p99 is {_p99(served):.2f} s, over {limit:.2f} s": _p99(served) > limit,
            "requests got no 200 after the overload": any(o.status != 200 for o in self.after),
        }
        return [sentence for sentence, fails in checks.items() if fails]

    def lines(self) -> list[str]:
        """Return the figures as text."""
        phases = {"full load": self.full, "overload": self.overload, "afterwards": self.after}
        lines = [f"full load: {self.rate:.0f} requests/s; connections lost: {self.lost}"]
        for name, outcomes in phases.items():
            for status, number in sorted(Counter(o.status for o in outcomes).items()):
                latencies = _latencies(outcomes, status)
                lines.append(
                    f"{name}: {status}: {number}, median {latencies[len(latencies) // 2]:.3f} s, "
                    f"p99 {_p99(latencies):.3f} s, maximum {latencies[-1]:.3f} s"
                )
        return lines


def measure(served: Served, sent: bytes, seconds: float) -> Figures:
    """Overload the server with one request for this time."""
    return uvloop.run(_measure(served, sent, seconds))


async def _measure(served: Served, sent: bytes, seconds: float) -> Figures:
    connection = await Connection.open(served.address)
    for number in range(200):
        await connection.request("POST", "/heroes/", {"name": f"{number}", "secret_name": "x"})
    await connection.close()
    full = await ClosedLoop(served.address, sent, CLIENTS).run(FULL_LOAD_SECONDS)
    rate = len(full) / FULL_LOAD_SECONDS
    overload = await OpenLoop(served.address, sent, 2 * rate).run(seconds)
    await asyncio.sleep(PAUSE)
    after = await OpenLoop(served.address, sent, rate / 2).run(AFTER_SECONDS)
    return Figures(rate, full, overload.outcomes, overload.lost, after.outcomes)


def _latencies(outcomes: Sequence[Outcome], status: int) -> Sequence[float]:
    return sorted(outcome.latency for outcome in outcomes if outcome.status == status)


def _p99(latencies: Sequence[float]) -> float:
    return latencies[len(latencies) * 99 // 100] if latencies else 0.0


def main(arguments: Sequence[str]) -> int:
    """Measure each workload, and return the exit code."""
    seconds = float(arguments[0]) if arguments else SECONDS
    settings = {"database_url": arguments[1]} if arguments[1:] else {}
    has_failed = False
    for name, sent in WORKLOADS.items():
        with (
            tempfile.TemporaryDirectory() as folder,
            serve(Path(folder) / "heroes.db", access_log="false", **settings) as served,
        ):
            figures = measure(served, sent, seconds)
        failures = figures.failures()
        has_failed |= bool(failures)
        lines = [f"# {name}", *figures.lines(), *(f"FAILED: {failure}" for failure in failures)]
        sys.stdout.writelines(f"{line}\n" for line in lines)
    return int(has_failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
