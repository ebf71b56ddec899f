"""What counts as expired when the database's clock jumps."""

import logging

import pytest

from service_layer.retention import END_OF_TIME, TOLERANCE, ExpiryClock
from tests.fakes.clock import Clock

LIFETIME = 86_400
HOUR = 3_600
TODAY = 1_700_000_000
"""The database's time when the monotonic clock shows 0."""


def compare(clock: ExpiryClock, database_time: int) -> bool:
    """Compare the clocks at once."""
    return clock.compare(database_time, clock.monotonic())


def compared(monotonic: Clock) -> ExpiryClock:
    """Return a clock that has been compared once, when both clocks began."""
    clock = ExpiryClock(LIFETIME, monotonic)
    compare(clock, TODAY)
    return clock


def test_before_the_first_comparison_the_database_s_clock_is_trusted() -> None:
    assert END_OF_TIME == ExpiryClock(LIFETIME, Clock()).latest


def test_between_comparisons_nothing_expires_a_minute_before_its_time() -> None:
    monotonic = Clock()
    clock = compared(monotonic)
    monotonic.now = HOUR

    assert TODAY + HOUR + 60 == clock.latest


@pytest.mark.parametrize("jump", [0, TOLERANCE, -TOLERANCE])
def test_a_difference_of_up_to_a_minute_is_no_jump(jump: int) -> None:
    monotonic = Clock()
    clock = compared(monotonic)
    monotonic.now = 10
    compare(clock, TODAY + 10 + jump)

    assert clock.latest >= TODAY


@pytest.mark.parametrize("jump", [TOLERANCE + 1, -TOLERANCE - 1, 10 * 365 * LIFETIME])
def test_after_a_jump_nothing_expires_for_one_lifetime_of_the_monotonic_clock(jump: int) -> None:
    monotonic = Clock()
    clock = compared(monotonic)
    monotonic.now = 10
    compare(clock, TODAY + 10 + jump)

    for monotonic.now in (10, 10 + LIFETIME / 2, 9 + LIFETIME):
        compare(clock, TODAY + int(monotonic.now) + jump)
        assert 0 == clock.latest

    monotonic.now = 10 + LIFETIME
    compare(clock, TODAY + 10 + LIFETIME + jump)
    assert TODAY + 10 + LIFETIME + jump + 60 == clock.latest


def test_a_second_jump_begins_the_wait_anew() -> None:
    monotonic = Clock()
    clock = compared(monotonic)
    monotonic.now = 10
    compare(clock, TODAY + HOUR)
    monotonic.now = LIFETIME
    compare(clock, TODAY + LIFETIME)

    monotonic.now = 2 * LIFETIME - 1
    assert 0 == clock.latest
    monotonic.now = 2 * LIFETIME
    assert clock.latest > TODAY


def test_a_clock_that_runs_a_little_fast_is_trusted_for_ever() -> None:
    monotonic = Clock()
    clock = compared(monotonic)
    for monotonic.now in range(0, 30 * LIFETIME, 600):
        compare(clock, TODAY + int(monotonic.now * 1.001))

        assert clock.latest > TODAY


def test_several_small_jumps_within_an_hour_are_one_jump() -> None:
    monotonic = Clock()
    clock = compared(monotonic)
    for monotonic.now in (10, 20):
        compare(clock, TODAY + int(monotonic.now * 5))

    assert 0 == clock.latest


def test_whether_responses_may_be_deleted_is_the_result_of_the_comparison() -> None:
    monotonic = Clock()
    clock = compared(monotonic)

    assert compare(clock, TODAY)
    assert not compare(clock, TODAY + HOUR)
    monotonic.now = LIFETIME - 1
    assert not compare(clock, TODAY + HOUR + LIFETIME)
    monotonic.now = LIFETIME
    assert compare(clock, TODAY + HOUR + LIFETIME)


def test_a_time_that_arrives_late_is_not_compared_and_nothing_is_deleted_then() -> None:
    monotonic = Clock()
    clock = compared(monotonic)
    monotonic.now = 120

    assert not clock.compare(TODAY, asked_at=0)
    assert clock.compare(TODAY + 120, asked_at=110)
    assert TODAY + 120 + 60 == clock.latest


def test_a_jump_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    monotonic = Clock()
    clock = compared(monotonic)
    with caplog.at_level(logging.WARNING):
        for monotonic.now in (10, 20):
            compare(clock, TODAY + HOUR + int(monotonic.now))

    (message,) = caplog.messages
    assert "the database's clock has jumped by 3600 s; for 86400 s no response expires" == message
