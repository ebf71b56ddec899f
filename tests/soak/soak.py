"""Ordinary clients, first undisturbed and then beside attacks."""

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.soak import ordinary
from tests.soak.ordinary import Record
from tests.support.served import Served, serve

UNDISTURBED = 0.2
"""Fraction of the duration that is without attacks."""

WARM_UP = 2.0
"""Seconds of load before the measurement."""

ATTACK_MARGIN = 2.0
"""Seconds for which the attacks go on after the measurement: the server is stopped in them."""

MAX_MEMORY = 200
"""Limit on the resident set size of the server in MiB."""

MAX_STOP = 10.0
"""Maximum time in seconds from SIGTERM to the end of the server."""

MAX_RATIO = 3.0
"""Maximum p99 latency beside attacks, as a multiple of the undisturbed one."""

ALLOWED_ERRORS = {501, 503, 505}
"""Statuses from 500 that a client may get."""


@dataclass
class Result:
    """The measurements of a soak."""

    before: Record = field(default_factory=Record)
    during: Record = field(default_factory=Record)
    attackers: Counter[int] = field(default_factory=Counter)
    """Responses to attackers, by status."""

    memory: int = 0
    """The maximum resident set size of the server in MiB."""

    exit_code: int | None = None
    stop_seconds: float = 0.0
    missing: list[int] = field(default_factory=list)
    """Ids of heroes whose acknowledged state is not stored."""

    output: str = ""

    def failures(self) -> list[str]:
        """Return what does not hold, except the latency, as sentences."""
        statuses = self.before.statuses + self.during.statuses + self.attackers
        errors = {status for status in statuses if status >= 500} - ALLOWED_ERRORS
        checks = {
            f"there were responses with {errors}": bool(errors),
            f"the memory reached {self.memory} MiB": self.memory >= MAX_MEMORY,
            f"the server ended with {self.exit_code}": self.exit_code != 0,
            f"the server took {self.stop_seconds:.1f} s to stop": self.stop_seconds > MAX_STOP,
            f"heroes {self.missing} are not stored": bool(self.missing),
            "the log contains a traceback": "Traceback" in self.output,
            "the attackers got no response": not self.attackers,
            "nothing was acknowledged": not self.during.acknowledged,
        }
        return [sentence for sentence, fails in checks.items() if fails]

    def ratio(self) -> float:
        """Return the p99 latency beside attacks as a multiple of the undisturbed one."""
        return self.during.p99() / self.before.p99()


def run(database: Path, seconds: float, **settings: str) -> Result:
    """Serve the database for this time, attack the server, and stop it during the attacks."""
    result = Result()
    with serve(database, access_log="false", **settings) as served:
        asyncio.run(ordinary.run_clients(served.address, Record(), WARM_UP))
        asyncio.run(ordinary.run_clients(served.address, result.before, seconds * UNDISTURBED))
        attackers = _attack(served, seconds * (1 - UNDISTURBED) + ATTACK_MARGIN)
        asyncio.run(_measure(served, result, seconds * (1 - UNDISTURBED)))
        started = time.monotonic()
        result.exit_code = served.terminate()
        result.stop_seconds = time.monotonic() - started
        result.output = served.output()
        result.attackers = _statuses(attackers)
    with serve(database, **settings) as served:
        acknowledged = result.before.acknowledged | result.during.acknowledged
        result.missing = [
            hero_id for hero_id, hero in acknowledged.items() if hero != _stored(served, hero_id)
        ]
    return result


async def _measure(served: Served, result: Result, seconds: float) -> None:
    sampling = asyncio.create_task(_sample_memory(served.process.pid, result))
    await ordinary.run_clients(served.address, result.during, seconds)
    sampling.cancel()
    with suppress(asyncio.CancelledError):
        await sampling


async def _sample_memory(pid: int, result: Result) -> None:
    while True:
        result.memory = max(result.memory, _memory(pid))
        await asyncio.sleep(0.5)


def _memory(pid: int) -> int:
    """Return the memory of a process in MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


def _attack(served: Served, seconds: float) -> "subprocess.Popen[str]":
    host, port = served.address
    command = [sys.executable, "-m", "tests.soak.attacks", host, str(port), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _statuses(attackers: "subprocess.Popen[str]") -> Counter[int]:
    output, _ = attackers.communicate(timeout=60)
    pairs = (line.split() for line in output.splitlines())
    return Counter({int(status): int(number) for status, number in pairs})


def _stored(served: Served, hero_id: int) -> object:
    with urllib.request.urlopen(f"{served.url}/heroes/{hero_id}") as response:  # noqa: S310 - http
        return json.load(response)
