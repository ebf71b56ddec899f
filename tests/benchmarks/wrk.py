"""wrk, the load generator: running it, and parsing its report."""

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
EXIT_TIMEOUT = 15
"""Seconds after its duration within which wrk must exit."""

MISSING = "wrk is not installed. On Debian or Ubuntu: apt-get install wrk"


class WrkMissing(Exception):
    """wrk is not installed; the message says how to install it."""


@dataclass(frozen=True)
class Load:
    """The parameters of one run of wrk. ``more`` are arguments for the workload's script.

    ``api_key`` is sent by workloads that set no header fields of their own: those that read.
    """

    workload: str
    connections: int
    seconds: int
    rows: int
    seed: int = 1
    more: Sequence[str] = ()
    api_key: str | None = None

    def command(self, url: str) -> list[str]:
        """Return the command that runs this load."""
        return [
            "wrk",
            "--threads=1",
            f"--connections={self.connections}",
            f"--duration={self.seconds}s",
            f"--timeout={TIMEOUT:.0f}s",
            f"--script={self.workload}.lua",
            *([f"--header=Authorization: Bearer {self.api_key}"] if self.api_key else []),
            url,
            "--",
            str(self.rows),
            str(self.seed),
            *self.more,
        ]


def check_installed() -> None:
    """Raise ``WrkMissing`` unless wrk is installed."""
    if shutil.which("wrk") is None:
        raise WrkMissing(MISSING)


def version() -> str:
    """Return wrk's version."""
    command = ["wrk", "--version"]
    banner = subprocess.run(command, capture_output=True, text=True, check=False)
    return (banner.stdout or banner.stderr).split()[1]


def warm_up(url: str, load: Load) -> None:
    """Run the load for ``WARM_UP`` seconds, and discard the result."""
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
    """Wait for the end of the load, and return the measurement.

    Raises ``RuntimeError`` if wrk itself fails.
    """
    try:
        output, error_output = process.communicate(timeout=load.seconds + EXIT_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    if "unable to connect" in error_output:
        return Measurement.of_nothing(load.seconds)
    if process.returncode != 0 or error_output:
        raise RuntimeError(f"wrk: {error_output or output}")
    return Measurement.from_report(json.loads(output.splitlines()[-1]))


def run(url: str, load: Load) -> Measurement:
    """Run the load, and return the measurement."""
    return finish(begin(url, load), load)
