"""The order of the benchmark's measurements."""

from dataclasses import replace
from functools import partial

from tests.benchmarks.measurement import Measurement
from tests.benchmarks.rounds import as_json, from_json, measured_in_rounds

FINE = Measurement(requests=10, seconds=1.0, bytes=1, p50=1, p90=1, p99=1, max=1)


def test_every_round_starts_with_the_next_server() -> None:
    order: list[str] = []

    def measure(name: str, _: int) -> Measurement:
        order.append(name)
        return FINE

    measured_in_rounds(3, {name: partial(measure, name) for name in "abc"})

    assert [*"abc", *"bca", *"cab"] == order


def test_a_stalled_server_is_skipped_in_later_rounds() -> None:
    stalled = replace(FINE, stalled=True)

    rounds = measured_in_rounds(2, {"heroes": lambda _: FINE, "plain": lambda _: stalled})

    assert [{"heroes", "plain"}, {"heroes"}] == [set(a_round) for a_round in rounds]


def test_a_server_without_the_workload_is_skipped() -> None:
    rounds = measured_in_rounds(1, {"heroes": lambda _: FINE, "plain": lambda _: None})

    assert [{"heroes": FINE}] == rounds


def test_rounds_survive_a_json_round_trip() -> None:
    rounds = [{"heroes": FINE}, {"heroes": replace(FINE, errors={"status": 1})}]

    assert rounds == from_json(as_json(rounds))
