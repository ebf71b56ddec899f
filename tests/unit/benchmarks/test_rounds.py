"""The order in which the benchmark measures."""

from dataclasses import replace
from functools import partial

from tests.benchmarks.measurement import Measurement
from tests.benchmarks.rounds import as_json, from_json, measured_in_rounds

FINE = Measurement(requests=10, seconds=1.0, bytes=1, p50=1, p90=1, p99=1, max=1)


def test_every_round_begins_with_another_server() -> None:
    order: list[str] = []

    def measure(name: str, _: int) -> Measurement:
        order.append(name)
        return FINE

    measured_in_rounds(3, {name: partial(measure, name) for name in "abc"})

    assert [*"abc", *"bca", *"cab"] == order


def test_a_server_that_stalled_sits_out_the_rounds_that_follow() -> None:
    stalled = replace(FINE, stalled=True)

    rounds = measured_in_rounds(2, {"heroes": lambda _: FINE, "plain": lambda _: stalled})

    assert [{"heroes", "plain"}, {"heroes"}] == [set(a_round) for a_round in rounds]


def test_a_server_that_offers_nothing_of_the_kind_is_left_out() -> None:
    rounds = measured_in_rounds(1, {"heroes": lambda _: FINE, "plain": lambda _: None})

    assert [{"heroes": FINE}] == rounds


def test_rounds_are_the_same_after_they_were_kept_as_json() -> None:
    rounds = [{"heroes": FINE}, {"heroes": replace(FINE, errors={"status": 1})}]

    assert rounds == from_json(as_json(rounds))
