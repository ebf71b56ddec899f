"""From measurements in rounds to figures: medians, ratios, and what did not finish."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.measurement import Measurement
from tests.benchmarks.running import TIMEOUT

Round = Mapping[str, Measurement]
"""What each server did, by its name."""

Rounds = Sequence[Round]


@dataclass(frozen=True)
class Summary:
    """A server's medians over rounds: requests per second, microseconds, KiB."""

    rate: float
    p50: float
    p99: float
    rss: int
    errors: int


def of_server(rounds: Rounds, name: str) -> list[Measurement]:
    """Return what the server did, in the rounds it took part in."""
    return [a_round[name] for a_round in rounds if name in a_round]


def servers_in(rounds: Rounds) -> list[str]:
    """Return the names of the servers that took part, in the order of the first round."""
    return list(dict.fromkeys(name for a_round in rounds for name in a_round))


def summary(rounds: Rounds, name: str) -> Summary:
    """Return the server's figures; it has to have taken part."""
    measured = of_server(rounds, name)
    return Summary(
        rate=median(m.rate for m in measured),
        p50=median(m.p50 for m in measured),
        p99=median(m.p99 for m in measured),
        rss=max(m.rss for m in measured),
        errors=sum(sum(m.errors.values()) for m in measured),
    )


def finished(rounds: Rounds, name: str) -> bool:
    """Return whether the server took part and answered every request of every round."""
    measured = of_server(rounds, name)
    return bool(measured) and all(m.finished for m in measured)


def failure(rounds: Rounds, name: str) -> str:
    """Return in words why the server did not finish."""
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
    """Return how many times the other's rate ours is: the median over rounds.

    ``None`` unless both finished every round they were in, and met in one.
    """
    return _ratio(rounds, ours, other, lambda m: m.rate)


def p99_ratio(rounds: Rounds, ours: str, other: str) -> float | None:
    """Return what part of the other's 99th percentile ours is, in the same way."""
    return _ratio(rounds, ours, other, lambda m: m.p99)


def _ratio(
    rounds: Rounds, ours: str, other: str, figure: Callable[[Measurement], float]
) -> float | None:
    if not (finished(rounds, ours) and finished(rounds, other)):
        return None
    shared = [a_round for a_round in rounds if ours in a_round and other in a_round]
    return median(figure(r[ours]) / figure(r[other]) for r in shared) if shared else None


def microseconds_between(rounds: Rounds, ours: str, other: str) -> float | None:
    """Return how much longer a request takes of our core than of the other's, on the median.

    A server that is kept busy takes ``1e6 / rate`` microseconds for each request.
    """
    if not (finished(rounds, ours) and finished(rounds, other)):
        return None
    shared = [a_round for a_round in rounds if ours in a_round and other in a_round]
    return median(1e6 / r[ours].rate - 1e6 / r[other].rate for r in shared) if shared else None
