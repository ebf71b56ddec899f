"""wrk, which makes the load: run, and its report read."""

import json
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.measurement import Measurement
from tests.benchmarks.running import TIMEOUT

LOAD = Path(__file__).parent / "load"
WARM_UP = 0.5
LEEWAY = 15
"""Seconds after its time in which wrk has to end."""

MISSING = "wrk is not installed. On Debian or Ubuntu: apt-get install wrk"


class WrkMissing(Exception):
    """There is no wrk; the message says how to get it."""


@dataclass(frozen=True)
class Load:
    """What one run of wrk does. ``more`` are arguments for the workload's script."""

    workload: str
    connections: int
    seconds: int
    rows: int
    seed: int = 1
    more: Sequence[str] = ()

    def command(self, url: str) -> list[str]:
        """Return the command that puts this load on a server."""
        return [
            "wrk",
            "--threads=1",
            f"--connections={self.connections}",
            f"--duration={self.seconds}s",
            f"--timeout={TIMEOUT:.0f}s",
            f"--script={self.workload}.lua",
            url,
            "--",
            str(self.rows),
            str(self.seed),
            *self.more,
        ]


def check_installed() -> None:
    """Raise ``WrkMissing`` unless there is a wrk."""
    if shutil.which("wrk") is None:
        raise WrkMissing(MISSING)


def version() -> str:
    """Return wrk's version."""
    command = ["wrk", "--version"]
    banner = subprocess.run(command, capture_output=True, text=True, check=False)
    return (banner.stdout or banner.stderr).split()[1]


def warm_up(url: str, load: Load) -> None:
    """Put the load on the server for a moment; what it takes is not looked at."""
    process = begin(url, load)
    time.sleep(WARM_UP)
    process.kill()
    process.communicate()


def begin(url: str, load: Load) -> subprocess.Popen[str]:
    """Start the load; ``finish`` waits for its end."""
    return subprocess.Popen(
        load.command(url), cwd=LOAD, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def finish(process: subprocess.Popen[str], load: Load) -> Measurement:
    """Return what was measured once the load has ended; nothing when the server was not there.

    Raises ``RuntimeError`` when wrk itself is at fault.
    """
    try:
        output, complaint = process.communicate(timeout=load.seconds + LEEWAY)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    if "unable to connect" in complaint:
        return Measurement.of_nothing(load.seconds)
    if process.returncode != 0 or complaint:
        raise RuntimeError(f"wrk: {complaint or output}")
    return Measurement.from_report(json.loads(output.splitlines()[-1]))


def run(url: str, load: Load) -> Measurement:
    """Put the load on the server, and return what was measured."""
    return finish(begin(url, load), load)
