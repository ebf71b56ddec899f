"""What the benchmark makes of its measurements."""

from dataclasses import replace

import pytest

from tests.benchmarks import figures
from tests.benchmarks.measurement import Measurement

QUICK = Measurement(requests=3000, seconds=3.0, bytes=1, p50=100, p90=200, p99=400, max=900)


def at(rate: int, p99: int = 400) -> Measurement:
    return replace(QUICK, requests=rate * 3, p99=p99)


def test_a_server_is_summed_up_by_its_medians_over_rounds() -> None:
    rounds = [{"heroes": at(100)}, {"heroes": at(900)}, {"heroes": at(300)}]

    assert 300 == figures.summary(rounds, "heroes").rate


def test_memory_is_the_most_that_was_seen_and_errors_are_added_up() -> None:
    one = replace(QUICK, rss=2048, errors={"timeout": 2, "status": 1})
    other = replace(QUICK, rss=1024, errors={"status": 4})

    found = figures.summary([{"plain": one}, {"plain": other}], "plain")

    assert (2048, 7) == (found.rss, found.errors)


def test_a_ratio_is_taken_within_a_round_and_then_the_median() -> None:
    rounds = [
        {"heroes": at(200), "plain": at(100)},
        {"heroes": at(900), "plain": at(100)},
        {"heroes": at(30), "plain": at(10)},
    ]

    assert figures.rate_ratio(rounds, "heroes", "plain") == pytest.approx(3)


def test_the_99th_percentiles_are_compared_in_the_same_way() -> None:
    rounds = [{"heroes": at(1, p99=100), "plain": at(1, p99=400)}]

    assert figures.p99_ratio(rounds, "heroes", "plain") == pytest.approx(0.25)


def test_the_distance_is_the_difference_of_the_times_a_request_takes() -> None:
    rounds = [{"heroes": at(1000), "ceiling": at(2000)}]

    assert figures.microseconds_between(rounds, "heroes", "ceiling") == pytest.approx(500)


@pytest.mark.parametrize(
    "broken",
    [
        replace(QUICK, errors={"timeout": 1}),
        replace(QUICK, stalled=True),
        replace(QUICK, requests=0),
    ],
)
def test_there_is_no_ratio_to_a_server_that_failed_in_one_round(broken: Measurement) -> None:
    rounds = [{"heroes": QUICK, "plain": QUICK}, {"heroes": QUICK, "plain": broken}]

    assert figures.rate_ratio(rounds, "heroes", "plain") is None
    assert figures.rate_ratio(rounds, "plain", "heroes") is None


def test_there_is_no_ratio_to_a_server_that_took_no_part() -> None:
    assert figures.rate_ratio([{"heroes": QUICK}], "heroes", "plain") is None


def test_there_is_no_ratio_between_servers_that_never_met() -> None:
    rounds = [{"heroes": QUICK}, {"plain": QUICK}]

    assert figures.rate_ratio(rounds, "heroes", "plain") is None


@pytest.mark.parametrize(
    ("said", "measured"),
    [
        ("did not finish: no answer within 10 s", replace(QUICK, stalled=True)),
        ("did not finish: 1,200 timeouts", replace(QUICK, errors={"timeout": 1200})),
        ("did not finish: 3 error answers", replace(QUICK, errors={"status": 3})),
        ("did not finish: 5 broken connections", replace(QUICK, errors={"read": 4, "write": 1})),
        ("did not finish: no answer while it was loaded", replace(QUICK, requests=0)),
    ],
)
def test_what_did_not_finish_is_said_in_words(said: str, measured: Measurement) -> None:
    assert said == figures.failure([{"plain": measured}], "plain")


def test_the_report_of_wrk_becomes_a_measurement() -> None:
    times = {"p50": 1, "p90": 2, "p99": 3, "max": 4}
    errors = {"connect": 0, "read": 0, "write": 0, "status": 0, "timeout": 6}
    report = {"requests": 500, "duration": 2_000_000, "bytes": 9, **times, **errors}

    measured = Measurement.from_report(report)

    assert 250 == measured.rate
    assert {"timeout": 6} == measured.errors
    assert measured == Measurement.from_json(measured.to_json())
