"""Statistics of the benchmark's measurements."""

from dataclasses import replace

import pytest

from tests.benchmarks import figures
from tests.benchmarks.measurement import Measurement

QUICK = Measurement(requests=3000, seconds=3.0, bytes=1, p50=100, p90=200, p99=400, max=900)


def at(rate: int, p99: int = 400) -> Measurement:
    return replace(QUICK, requests=rate * 3, p99=p99)


def test_a_summary_is_the_median_over_rounds() -> None:
    rounds = [{"heroes": at(100)}, {"heroes": at(900)}, {"heroes": at(300)}]

    assert 300 == figures.summary(rounds, "heroes").rate


def test_memory_is_the_maximum_and_errors_are_summed() -> None:
    one = replace(QUICK, rss=2048, errors={"timeout": 2, "status": 1})
    other = replace(QUICK, rss=1024, errors={"status": 4})

    found = figures.summary([{"plain": one}, {"plain": other}], "plain")

    assert (2048, 7) == (found.rss, found.errors)


def test_a_ratio_is_the_median_of_the_ratios_within_rounds() -> None:
    rounds = [
        {"heroes": at(200), "plain": at(100)},
        {"heroes": at(900), "plain": at(100)},
        {"heroes": at(30), "plain": at(10)},
    ]

    assert figures.rate_ratio(rounds, "heroes", "plain") == pytest.approx(3)


def test_the_p99_ratio_is_computed_within_rounds() -> None:
    rounds = [{"heroes": at(1, p99=100), "plain": at(1, p99=400)}]

    assert figures.p99_ratio(rounds, "heroes", "plain") == pytest.approx(0.25)


def test_the_distance_is_the_difference_in_time_per_request() -> None:
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
def test_no_ratio_to_a_server_that_failed_in_a_round(broken: Measurement) -> None:
    rounds = [{"heroes": QUICK, "plain": QUICK}, {"heroes": QUICK, "plain": broken}]

    assert figures.rate_ratio(rounds, "heroes", "plain") is None
    assert figures.rate_ratio(rounds, "plain", "heroes") is None


def test_no_ratio_to_a_server_that_was_not_measured() -> None:
    assert figures.rate_ratio([{"heroes": QUICK}], "heroes", "plain") is None


def test_no_ratio_between_servers_that_share_no_round() -> None:
    rounds = [{"heroes": QUICK}, {"plain": QUICK}]

    assert figures.rate_ratio(rounds, "heroes", "plain") is None


@pytest.mark.parametrize(
    ("message", "measured"),
    [
        ("did not finish: no answer within 10 s", replace(QUICK, stalled=True)),
        ("did not finish: 1,200 timeouts", replace(QUICK, errors={"timeout": 1200})),
        ("did not finish: 3 error answers", replace(QUICK, errors={"status": 3})),
        ("did not finish: 5 broken connections", replace(QUICK, errors={"read": 4, "write": 1})),
        ("did not finish: no answer while it was loaded", replace(QUICK, requests=0)),
    ],
)
def test_a_failure_is_described_in_words(message: str, measured: Measurement) -> None:
    assert message == figures.failure([{"plain": measured}], "plain")


def test_a_report_of_wrk_is_parsed() -> None:
    times = {"p50": 1, "p90": 2, "p99": 3, "max": 4}
    errors = {"connect": 0, "read": 0, "write": 0, "status": 0, "timeout": 6}
    report = {"requests": 500, "duration": 2_000_000, "bytes": 9, **times, **errors}

    measured = Measurement.from_report(report)

    assert 250 == measured.rate
    assert {"timeout": 6} == measured.errors
    assert measured == Measurement.from_json(measured.to_json())
