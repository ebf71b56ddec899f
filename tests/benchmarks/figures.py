"""Statistics of measurements in rounds: medians, ratios and failures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.measurement import Measurement
from tests.benchmarks.running import TIMEOUT

Round = Mapping[str, Measurement]
"""The measurement of each server, by its name."""

Rounds = Sequence[Round]


@dataclass(frozen=True)
class Summary:
    """A server's medians over rounds, in requests per second, microseconds and KiB."""

    rate: float
    p50: float
    p99: float
    rss: int
    errors: int


def of_server(rounds: Rounds, name: str) -> list[Measurement]:
    """Return the measurements of the server in all rounds that have one."""
    return [a_round[name] for a_round in rounds if name in a_round]


def servers_in(rounds: Rounds) -> list[str]:
    """Return the names of the measured servers, in the order of the first round."""
    return list(dict.fromkeys(name for a_round in rounds for name in a_round))


def summary(rounds: Rounds, name: str) -> Summary:
    """Return the server's summary; the server must have been measured."""
    measured = of_server(rounds, name)
    return Summary(
        rate=median(m.rate for m in measured),
        p50=median(m.p50 for m in measured),
        p99=median(m.p99 for m in measured),
        rss=max(m.rss for m in measured),
        errors=sum(sum(m.errors.values()) for m in measured),
    )


def finished(rounds: Rounds, name: str) -> bool:
    """Return whether the server was measured without an error in any round."""
    measured = of_server(rounds, name)
    return bool(measured) and all(m.finished for m in measured)


def failure(rounds: Rounds, name: str) -> str:
    """Return a message that says why the server did not finish."""
    measured = of_server(rounds, name)
    if any(m.stalled for m in measured):
        return f"did not finish: no answer within {TIMEOUT:.0f} s"
    kinds = {"timeout": "timeouts", "status": "error answers"}
    counts = [
        f"{sum(m.errors.get(kind, 0) for m in measured):,} {word}"
        for kind, word in kinds.items()
        if any(m.errors.get(kind) for m in measured)
    ]
    broken = sum(m.errors.get(kind, 0) for m in measured for kind in ("connect", "read", "write"))
    if broken:
        counts.append(f"{broken:,} broken connections")
    return "did not finish: " + (", ".join(counts) or "no answer while it was loaded")


def rate_ratio(rounds: Rounds, ours: str, other: str) -> float | None:
    """Return the ratio of our rate to the other's: the median over rounds.

    ``None`` unless both finished all their rounds and share at least one round.
    """
    return _ratio(rounds, ours, other, lambda m: m.rate)


def p99_ratio(rounds: Rounds, ours: str, other: str) -> float | None:
    """Return the ratio of our p99 latency to the other's: the median over rounds."""
    return _ratio(rounds, ours, other, lambda m: m.p99)


def _ratio(
    rounds: Rounds, ours: str, other: str, figure: Callable[[Measurement], float]
) -> float | None:
    if not (finished(rounds, ours) and finished(rounds, other)):
        return None
    shared = [a_round for a_round in rounds if ours in a_round and other in a_round]
    return median(figure(r[ours]) / figure(r[other]) for r in shared) if shared else None


def microseconds_between(rounds: Rounds, ours: str, other: str) -> float | None:
    """Return by how many microseconds a request takes longer on our core: the median over rounds.

    A fully loaded server takes ``1e6 / rate`` microseconds per request.
    """
    if not (finished(rounds, ours) and finished(rounds, other)):
        return None
    shared = [a_round for a_round in rounds if ours in a_round and other in a_round]
    return median(1e6 / r[ours].rate - 1e6 / r[other].rate for r in shared) if shared else None
