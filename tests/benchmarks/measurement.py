"""The measurement of one server under one load."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

KINDS = ("connect", "read", "write", "status", "timeout")
"""Kinds of errors; ``status`` counts responses with a status of 400 or more."""


@dataclass(frozen=True)
class Measurement:
    """Counts, latencies in microseconds, the server's memory in KiB.

    ``stalled`` means that the server did not respond to a request after the load.
    """

    requests: int
    seconds: float
    bytes: int
    p50: int
    p90: int
    p99: int
    max: int
    errors: Mapping[str, int] = field(default_factory=dict)
    rss: int = 0
    stalled: bool = False

    @classmethod
    def from_report(cls, report: Mapping[str, int]) -> "Measurement":
        """Parse the report of wrk's script."""
        return cls(
            requests=report["requests"],
            seconds=report["duration"] / 1e6,
            bytes=report["bytes"],
            p50=report["p50"],
            p90=report["p90"],
            p99=report["p99"],
            max=report["max"],
            errors={kind: report[kind] for kind in KINDS if report[kind]},
        )

    @classmethod
    def of_nothing(cls, seconds: float) -> "Measurement":
        """Return the measurement of a server that accepts no connection."""
        return cls(0, seconds, bytes=0, p50=0, p90=0, p99=0, max=0, errors={"connect": 1})

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Measurement":
        """Invert ``to_json``."""
        return cls(**content)

    def to_json(self) -> dict[str, Any]:
        """Return the measurement as JSON values."""
        return asdict(self)

    def afterwards(self, *, rss: int, stalled: bool) -> "Measurement":
        """Return a copy with the state of the server after the load."""
        return replace(self, rss=rss, stalled=stalled)

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds

    @property
    def finished(self) -> bool:
        """Whether there were requests, and all succeeded."""
        return not self.errors and not self.stalled and self.requests > 0
